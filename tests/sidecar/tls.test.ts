import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import { credentials, status } from '@grpc/grpc-js'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { llamar } from 'sidecar/llamar.ts'
import type { PartesDeSidecar } from 'sidecar/servidor.ts'
import { apiFingida } from '../apoyo/api_fingida.ts'
import { hayOpenssl, unaAutoridad } from '../apoyo/certificados.ts'
import { entornoVeloz } from '../apoyo/entornos.ts'
import { hastaQue } from '../apoyo/hechos.ts'
import { fallar } from '../apoyo/sidecar.ts'

type Tls = NonNullable<NonNullable<PartesDeSidecar['opciones']>['tls']>

/** Un adaptador con TLS sobre una API que responde 404: llegar a ella ya es haber pasado. */
const conTls = async (t: TestContext, tls: Tls) => {
  const fingida = await apiFingida(t)
  fingida.responder = (_, respuesta) => respuesta.writeHead(404).end('{"codigo":"llego"}')
  // Los archivos se releen cada cinco segundos; aquí, cien veces más a menudo. Los plazos de las llamadas se alargan lo mismo.
  return fingida.sidecar({ entorno: entornoVeloz(100), opciones: { tls, limites: { unaria: 3_000_000, llegada: 1_000_000 } } })
}

const pedirCon = async (t: TestContext, direccion: string, credenciales: ReturnType<typeof credentials.createSsl>) => {
  const cliente = new VuelosClient(direccion, credenciales)
  t.after(() => cliente.close())
  return fallar(llamar(cliente, 'consultarReserva', { id: 'x' }, { deadline: Date.now() + 5_000 }))
}

/** El certificado que presenta hoy. */
const presentado = (direccion: string, ca: Buffer) =>
  new Promise<string | undefined>((resolver, rechazar) => {
    const [host = '', port] = direccion.split(':')
    const enchufe = connect({ host, port: Number(port), ca, ALPNProtocols: ['h2'] }, () => {
      resolver(String(enchufe.getPeerCertificate().subject.CN))
      enchufe.destroy()
    })
    enchufe.once('error', rechazar)
  })

test('con certificado se atiende por TLS; con autoridad, sólo a quien presenta un certificado suyo', async (t) => {
  if (!hayOpenssl()) return t.diagnostic('no hay openssl con qué hacer los certificados')
  const autoridad = unaAutoridad(t)
  const { cert, clave } = autoridad.firmar('servidor')
  const tls = await conTls(t, { cert, clave })
  assert.equal((await pedirCon(t, tls.direccion, credentials.createSsl(autoridad.raiz()))).info?.reason, 'llego')
  assert.equal(status[(await pedirCon(t, tls.direccion, credentials.createInsecure())).code], 'UNAVAILABLE')

  const mtls = await conTls(t, { cert, clave, ca: autoridad.ca })
  const suyo = autoridad.firmar('cliente').bytes()
  assert.equal((await pedirCon(t, mtls.direccion, credentials.createSsl(autoridad.raiz(), suyo.clave, suyo.cert))).info?.reason, 'llego')
  assert.equal(status[(await pedirCon(t, mtls.direccion, credentials.createSsl(autoridad.raiz()))).code], 'UNAVAILABLE')
  const ajeno = unaAutoridad(t).firmar('cliente').bytes()
  const deOtra = credentials.createSsl(autoridad.raiz(), ajeno.clave, ajeno.cert)
  assert.equal(status[(await pedirCon(t, mtls.direccion, deOtra)).code], 'UNAVAILABLE')
})

test('el certificado se renueva sin detenerse, y uno que no sirve deja el anterior', async (t) => {
  if (!hayOpenssl()) return t.diagnostic('no hay openssl con qué hacer los certificados')
  const autoridad = unaAutoridad(t)
  const { cert, clave } = autoridad.firmar('primero')
  const { direccion, lineas } = await conTls(t, { cert, clave })
  assert.equal(await presentado(direccion, autoridad.raiz()), 'primero')
  writeFileSync(cert, 'a medio escribir')
  await hastaQue('que se anote el que no sirve', async () =>
    lineas.some(({ msg }) => String(msg).startsWith('el certificado nuevo no sirve')),
  )
  assert.equal(await presentado(direccion, autoridad.raiz()), 'primero')
  const segundo = autoridad.firmar('segundo').bytes()
  writeFileSync(clave, segundo.clave)
  writeFileSync(cert, segundo.cert)
  await hastaQue('que presente el segundo', async () => (await presentado(direccion, autoridad.raiz())) === 'segundo')
})
