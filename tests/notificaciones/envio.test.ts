import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { servidorSmtp } from 'notificaciones/envio.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrirServidorDeCorreo } from '../apoyo/correo.ts'

const MENSAJE = Buffer.from('Subject: hola\r\n\r\nUna línea\r\n.otra que empieza por un punto\r\n')

type Opciones = Readonly<{ plazoMs?: number; antesDelFinal?: () => Promise<void>; mensaje?: Buffer }>

const enviar = async (smtpUrl: string, { plazoMs = 10_000, antesDelFinal = async () => {}, mensaje = MENSAJE }: Opciones = {}) => {
  const servidor = servidorSmtp({ smtpUrl: async () => smtpUrl, conexiones: 1, planificador: entornoReal.planificador, plazoMs })
  const envio = await servidor.enviar({ de: 'a@example.com', para: 'b@example.com', mensaje, antesDelFinal })
  servidor.cerrar()
  return envio
}

/** Un servidor que responde a cada línea lo que `responder` diga. Anota todo lo que recibe. */
const servidorCrudo = async (t: TestContext, responder: (linea: string, conexion: Socket) => string | undefined) => {
  const recibido: string[] = []
  const conexiones = new Set<Socket>()
  const servidor = createServer((conexion) => {
    conexiones.add(conexion)
    conexion.on('error', () => {}).write('220 prueba\r\n')
    conexion.on('data', (datos) => {
      recibido.push(datos.toString())
      for (const linea of datos.toString().split('\r\n').filter(Boolean)) {
        const respuesta = responder(linea, conexion)
        if (respuesta !== undefined) conexion.write(`${respuesta}\r\n`)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(servidor, 'listening')
  t.after(() => {
    for (const conexion of conexiones) conexion.destroy()
    servidor.close()
  })
  return { url: `smtp://127.0.0.1:${(servidor.address() as AddressInfo).port}`, recibido: () => recibido.join('') }
}

const comoSiempre = (linea: string): string | undefined => {
  if (/^(?:EHLO|MAIL|RCPT|RSET)/.test(linea)) return '250 bien'
  return linea === 'DATA' ? '354 dilo' : undefined
}

test('el correo llega con los bytes que se dieron, y el punto final sólo después de anotarlo', async (t) => {
  const alAnotar: string[] = []
  const crudo = await servidorCrudo(t, (linea) => (linea === '.' ? '250 recibido' : comoSiempre(linea)))
  const envio = await enviar(crudo.url, { antesDelFinal: async () => void alAnotar.push(crudo.recibido()) })
  assert.deepEqual(envio, { resultado: 'aceptado', detalle: '250 recibido' })
  assert.match(alAnotar[0] ?? '', /una línea|Una línea\r\n\.\.otra que empieza por un punto$/)
  assert.ok(crudo.recibido().includes('..otra que empieza por un punto\r\n.\r\n'))
})

test('si no se puede anotar, el punto final no sale y el servidor no acepta nada', async (t) => {
  const crudo = await servidorCrudo(t, comoSiempre)
  const envio = await enviar(crudo.url, { antesDelFinal: () => Promise.reject(new Error('disco lleno')) })
  assert.deepEqual([envio.resultado, envio.detalle], ['no_aceptado', 'disco lleno'])
  assert.doesNotMatch(crudo.recibido(), /\r\n\.\r\n/)
})

test('el plazo vencido antes del punto final se puede repetir: saludo, destinatario o cuerpo', async (t) => {
  for (const mudoEn of [/^EHLO/, /^RCPT/, /^DATA/]) {
    const crudo = await servidorCrudo(t, (linea) => (mudoEn.test(linea) ? undefined : comoSiempre(linea)))
    const envio = await enviar(crudo.url, { plazoMs: 150 })
    assert.equal(envio.resultado, 'no_aceptado', String(mudoEn))
  }
})

test('el plazo vencido después del punto final no se puede repetir', async (t) => {
  const crudo = await servidorCrudo(t, comoSiempre)
  assert.equal((await enviar(crudo.url, { plazoMs: 300 })).resultado, 'sin_respuesta')
})

test('un corte mientras se anota llega antes que el punto final: se puede repetir', async (t) => {
  let conexion: Socket | undefined
  const crudo = await servidorCrudo(t, (linea, suya) => {
    conexion = suya
    return comoSiempre(linea)
  })
  const cortar = async (): Promise<void> => {
    conexion?.resetAndDestroy()
    await new Promise((seguir) => setTimeout(seguir, 100))
  }
  assert.equal((await enviar(crudo.url, { antesDelFinal: cortar })).resultado, 'no_aceptado')
})

test('que el servidor no quiera al remitente, o se despida, no es culpa del correo', async (t) => {
  for (const [linea, respuesta] of [
    ['MAIL', '550 ese remitente no'],
    ['RCPT', '421 me voy'],
  ] as const) {
    const crudo = await servidorCrudo(t, (dicha) => (dicha.startsWith(linea) ? respuesta : comoSiempre(dicha)))
    const envio = await enviar(crudo.url)
    assert.deepEqual([envio.resultado, 'suyo' in envio && envio.suyo], ['no_aceptado', false], linea)
  }
})

test('una conexión sirve para muchos correos', async (t) => {
  const correo = await abrirServidorDeCorreo()
  t.after(correo.cerrar)
  const servidor = servidorSmtp({ smtpUrl: async () => correo.url, conexiones: 2, planificador: entornoReal.planificador })
  const envios = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      servidor.enviar({
        de: 'a@example.com',
        para: 'b@example.com',
        mensaje: Buffer.from(`Subject: ${i}\r\n\r\n${i}\r\n`),
        antesDelFinal: async () => {},
      }),
    ),
  )
  servidor.cerrar()
  assert.ok(envios.every(({ resultado }) => resultado === 'aceptado'))
  assert.equal(new Set(correo.aceptados.map(({ subject }) => subject)).size, 20)
})
