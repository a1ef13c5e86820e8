import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { componerCorreo } from 'notificaciones/correo/componer.ts'
import { enMime } from 'notificaciones/correo/mime.ts'
import { servidorSmtp } from 'notificaciones/envio.ts'
import { paraCorreo } from 'notificaciones/pruebas/constructores.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrirBuzon, type BuzonAbierto } from './buzon.ts'

const abrir = async (t: TestContext) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'buzon-'))
  const buzon = await abrirBuzon({ carpeta, ids: entornoReal.ids })
  t.after(async () => {
    await buzon.cerrar()
    rmSync(carpeta, { recursive: true })
  })
  return { carpeta, buzon }
}

const enviar = async ({ smtpUrl }: BuzonAbierto, mensaje: Buffer) => {
  const servidor = servidorSmtp({ smtpUrl, conexiones: 1, planificador: entornoReal.planificador })
  const envio = await servidor.enviar({ de: 'a@example.com', para: 'b@example.com', mensaje, antesDelFinal: async () => {} })
  servidor.cerrar()
  return envio
}

const unCorreo = (cambios: Parameters<typeof paraCorreo>[0] = {}): Promise<Buffer> => {
  const datos = paraCorreo(cambios)
  return enMime({ ...datos, correo: componerCorreo(datos), id_reserva: datos.reserva.id })
}

test('lo que llega por SMTP se lista, del más nuevo al más viejo, con su evento y su reserva', async (t) => {
  const { buzon } = await abrir(t)
  const { evento, reserva } = paraCorreo()
  await enviar(buzon, await unCorreo())
  await enviar(buzon, await unCorreo({ evento: { ...evento, id: 'otro', tipo: 'ReservaPagada' } }))
  const lista = await buzon.listar()
  assert.deepEqual(
    lista.map(({ asunto, para, fecha, id_reserva, id_evento }) => ({ asunto, para, fecha, id_reserva, id_evento })),
    [
      { asunto: 'KQFRWD · Viaje pagado: Bogotá → Madrid', id_evento: 'otro' },
      { asunto: 'KQFRWD · Tu reserva quedó guardada: Bogotá → Madrid', id_evento: evento.id },
    ].map((uno) => ({ ...uno, para: '"Ana Ríos" <ana@example.com>', fecha: '2026-11-23T15:54:00.000Z', id_reserva: reserva.id })),
  )
})

test('un correo se abre entero: texto, HTML y adjuntos', async (t) => {
  const { buzon } = await abrir(t)
  const { texto, html } = componerCorreo(paraCorreo())
  await enviar(buzon, await unCorreo())
  const [primero] = await buzon.listar()
  const correo = await buzon.leer(primero?.id ?? '')
  assert.equal(correo?.texto.trim(), texto.trim())
  assert.equal(correo?.html?.trim(), html.trim())
  assert.deepEqual(correo?.adjuntos[0], { nombre: 'YR709-BOG-PTY.ics', tipo: 'text/calendar' })
})

test('los correos siguen ahí al volver a abrir, y lo que quedó a medias no se ve', async (t) => {
  const { buzon, carpeta } = await abrir(t)
  await enviar(buzon, await unCorreo())
  const antes = await buzon.listar()
  await buzon.cerrar()
  writeFileSync(join(carpeta, 'buzon', 'a-medias.eml.tmp'), 'Subject: x')
  const otraVez = await abrirBuzon({ carpeta, ids: entornoReal.ids })
  assert.deepEqual(await otraVez.listar(), antes)
  await otraVez.cerrar()
})

test('leer un identificador que no es de ningún correo no lee ningún archivo', async (t) => {
  const { buzon, carpeta } = await abrir(t)
  writeFileSync(join(carpeta, 'secreto.eml'), 'Subject: secreto')
  for (const id of ['no-esta', '../secreto', '..%2Fsecreto', '']) assert.equal(await buzon.leer(id), undefined)
})

test('uno más grande de lo que se admite se rechaza y no se guarda; el siguiente entra', async (t) => {
  const { buzon, carpeta } = await abrir(t)
  const enorme = Buffer.from(`Subject: grande\r\n\r\n${'x'.repeat(998)}\r\n`.concat(`${'y'.repeat(998)}\r\n`.repeat(1_100)))
  assert.equal((await enviar(buzon, enorme)).resultado, 'rechazado')
  assert.deepEqual(readdirSync(join(carpeta, 'buzon')), [])
  assert.equal((await enviar(buzon, await unCorreo())).resultado, 'aceptado')
})

test('sólo escucha en esta máquina, y no pide clave ni la acepta', async (t) => {
  const { buzon } = await abrir(t)
  const { hostname, port } = new URL(await buzon.smtpUrl())
  assert.equal(hostname, '127.0.0.1')
  const conexion = connect(Number(port), hostname)
  conexion.write('EHLO prueba\r\nQUIT\r\n')
  assert.doesNotMatch(await text(conexion), /AUTH|STARTTLS/)
})
