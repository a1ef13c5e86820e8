import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { SUSCRIPCION } from 'notificaciones/notificaciones.ts'
import { unaReserva, unContacto } from 'notificaciones/pruebas/constructores.ts'
import { Registry } from 'prom-client'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { bitacoraEnMemoria } from 'seedwork/presentacion/servidor_de_prueba.ts'
import { abrirApiDeReservas, abrirServidorDeCorreo, cabeceraDe } from '../apoyo/correo.ts'
import { entornoVeloz } from '../apoyo/entornos.ts'
import { hastaQue } from '../apoyo/hechos.ts'
import { abrirNotificaciones, type BancoDeNotificaciones, hecho } from '../apoyo/notificaciones.ts'

/** Los plazos, diez veces más cortos: un envío vence al segundo, y un reintento espera tres como mucho. */
const veloz = entornoVeloz(10)
/** Para lo que sólo espera entre intentos. */
const masVeloz = entornoVeloz(30)
const cierres: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cerrar of cierres.splice(0).reverse()) await cerrar()
})

const conCierre = <T extends Readonly<{ cerrar: () => Promise<unknown> }>>(parte: T): T => {
  cierres.push(parte.cerrar)
  return parte
}

const unaCarpeta = (): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'notificaciones-'))
  cierres.push(async () => rmSync(carpeta, { recursive: true }))
  return carpeta
}

type Opciones = Readonly<{
  smtp?: Parameters<typeof abrirServidorDeCorreo>[0]
  api?: Parameters<typeof abrirApiDeReservas>[0]
  registro?: Registry
  entorno?: Entorno
}>

/** Las notificaciones entre un servidor de correo y una API, los tres de verdad. */
const abrir = async ({ smtp, api, registro, entorno = veloz }: Opciones = {}) => {
  const correo = conCierre(await abrirServidorDeCorreo(smtp))
  const reservas = conCierre(await abrirApiDeReservas(api))
  const { bitacora, lineas } = bitacoraEnMemoria()
  const carpeta = unaCarpeta()
  const arrancar = () =>
    abrirNotificaciones({ carpeta, api: reservas.url, smtpUrl: correo.url, bitacora, entorno, ...(registro && { registro }) })
  const abiertas: BancoDeNotificaciones[] = []
  const reabrir = async (): Promise<BancoDeNotificaciones> => {
    const nuevas = await arrancar()
    abiertas.push(nuevas)
    return nuevas
  }
  const notificaciones = await reabrir()
  cierres.push(async () => abiertas.at(-1)?.detener())
  return { ...notificaciones, correo, reservas, lineas, reabrir }
}

const pendientes = ({ broker }: Pick<BancoDeNotificaciones, 'broker'>): number => broker.atrasos()[0]?.pendientes ?? -1
const saldado = (banco: Pick<BancoDeNotificaciones, 'broker'>) =>
  hastaQue('que no quede nada por saldar', async () => pendientes(banco) === 0)
const apartados = async ({ broker }: Pick<BancoDeNotificaciones, 'broker'>) =>
  (await broker.apartados.ver({})).map(({ mensaje, causa, suscripcion }) => ({ id: mensaje.id, ...causa, suscripcion }))

test('cada hecho de una reserva llega una vez, en orden, al viajero y en su idioma', async () => {
  const banco = await abrir({ api: { contacto: () => unContacto({ idioma: 'en' }) } })
  await banco.publicar(
    hecho({ id: 'e1', id_reserva: 'r1', tipo: 'ReservaCreada', version: 1 }),
    hecho({ id: 'e2', id_reserva: 'r1', tipo: 'ReservaAprobada', version: 2 }),
    hecho({ id: 'e3', id_reserva: 'r1', tipo: 'ReservaPagada', version: 3 }),
    hecho({ id: 'e4', id_reserva: 'r1', tipo: 'ReservaCancelada', version: 4, motivo: 'Cambio de planes' }),
  )
  await saldado(banco)
  assert.deepEqual(
    banco.correo.aceptados.map(({ subject }) => subject),
    [
      'KQFRWD · Your booking is saved: Bogotá → Madrid',
      'KQFRWD · Seats confirmed, payment pending: Bogotá → Madrid',
      'KQFRWD · Trip paid: Bogotá → Madrid',
      'KQFRWD · Booking cancelled: Bogotá → Madrid',
    ],
  )
  assert.match(banco.correo.aceptados[3]?.text ?? '', /Reason: Cambio de planes\./)
  assert.equal((await banco.estadisticas()).enviado, 4)
})

test('el correo lleva el identificador de su evento, su reserva y un calendario por vuelo', async () => {
  const banco = await abrir()
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1', version: 7 }))
  await saldado(banco)
  const [correo] = banco.correo.aceptados
  assert.equal(correo?.messageId, '<e1@aeroalpes.example>')
  assert.equal(cabeceraDe(correo, 'x-aeroalpes-evento'), 'e1')
  assert.equal(cabeceraDe(correo, 'x-aeroalpes-reserva'), 'r1')
  assert.deepEqual(correo?.from, { name: 'AeroAlpes', address: 'reservas@aeroalpes.example' })
  assert.deepEqual(
    correo?.attachments.map(({ filename, mimeType, content }) => [
      filename,
      mimeType,
      /SEQUENCE:(\d+)/.exec(Buffer.from(content as ArrayBuffer).toString())?.[1],
    ]),
    ['YR709-BOG-PTY.ics', 'YR12-PTY-MAD.ics', 'AN7038-MAD-BOG.ics'].map((nombre) => [nombre, 'text/calendar', '7']),
  )
})

test('a la API se le pregunta como servicio, primero por el contacto', async () => {
  const banco = await abrir()
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  assert.deepEqual(banco.reservas.pedidos, [
    'servicio:notificaciones /vuelos/reserva/r1/contacto',
    'servicio:notificaciones /vuelos/reserva/r1',
  ])
})

test('un evento entregado otra vez no envía nada, tampoco después de reiniciar', async () => {
  const banco = await abrir()
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  await banco.detener()
  const otraVez = await banco.reabrir()
  await otraVez.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(otraVez)
  assert.equal(banco.correo.entregas(), 1)
})

test('sin servidor de correo se insiste más veces que las de cualquier otro fallo, y al volver sale todo', async () => {
  const banco = await abrir({ entorno: masVeloz })
  await banco.correo.cerrar()
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), hecho({ id: 'e2', id_reserva: 'r2' }))
  const fallos = () => banco.lineas.filter(({ msg }) => msg === 'mensaje fallido').length
  await hastaQue('siete intentos de cada uno', async () => fallos() >= 14)
  assert.deepEqual(await apartados(banco), [])
  const devuelta = conCierre(await abrirServidorDeCorreo({ puerto: banco.correo.puerto }))
  await saldado(banco)
  assert.equal(devuelta.aceptados.length, 2)
  assert.equal((await banco.estadisticas()).ambiguo, 0)
})

test('un servidor que recibe y calla vence el plazo: no se sabe si aceptó, no se repite y se cuenta; los demás siguen', async () => {
  const banco = await abrir({ smtp: { tratar: (entrega) => (entrega === 1 ? 'callar' : 'aceptar') } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await hastaQue('que se lo entreguen', async () => banco.correo.entregas() === 1)
  await banco.publicar(hecho({ id: 'e2', id_reserva: 'r2' }))
  await hastaQue('que salga el otro', async () => pendientes(banco) === 1 && banco.correo.aceptados.length === 1)
  await saldado(banco)
  assert.equal(banco.correo.entregas(), 2)
  const { ambiguo, enviado } = await banco.estadisticas()
  assert.deepEqual({ ambiguo, enviado }, { ambiguo: 1, enviado: 1 })
  assert.ok(banco.lineas.some(({ msg, id_evento }) => String(msg).startsWith('correo ambiguo') && id_evento === 'e1'))
})

test('un destinatario rechazado se aparta con la razón del servidor, los demás salen, y un operador puede repetirlo', async () => {
  let existe = false
  const contacto = (id: string) => unContacto({ correo: `${id}@example.com` })
  const banco = await abrir({ api: { contacto }, smtp: { desconoce: (para) => para === 'r1@example.com' && !existe } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), hecho({ id: 'e2', id_reserva: 'r2' }))
  await saldado(banco)
  const [apartado, ...resto] = await apartados(banco)
  assert.deepEqual({ ...apartado, mensaje: '' }, { id: 'e1', codigo: 'correo_rechazado', mensaje: '', suscripcion: SUSCRIPCION })
  assert.match(apartado?.mensaje ?? '', /550 No existe ese buzón/)
  assert.deepEqual(resto, [])
  assert.deepEqual(
    banco.correo.aceptados.map(({ messageId }) => messageId),
    ['<e2@aeroalpes.example>'],
  )
  existe = true
  assert.equal(await banco.broker.apartados.reintentar({ codigo: 'correo_rechazado' }), 1)
  await hastaQue('que salga', async () => banco.correo.aceptados.length === 2)
})

test('un contenido rechazado al final (5xx) también se aparta, y no se repite', async () => {
  const banco = await abrir({ smtp: { tratar: () => 'no_nunca' } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  assert.deepEqual(
    (await apartados(banco)).map(({ codigo }) => codigo),
    ['correo_rechazado'],
  )
  assert.equal(banco.correo.entregas(), 1)
})

test('un «ahora no» (4xx) se repite', async () => {
  const banco = await abrir({ smtp: { tratar: (entrega) => (entrega < 3 ? 'ahora_no' : 'aceptar') } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  assert.deepEqual([banco.correo.entregas(), banco.correo.aceptados.length], [3, 1])
})

test('con un «ahora no» no se insiste más de un día', async () => {
  const banco = await abrir({ smtp: { tratar: () => 'ahora_no' } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1', instante: Date.now() - 25 * 3_600_000 }))
  await saldado(banco)
  assert.deepEqual(
    (await apartados(banco)).map(({ codigo }) => codigo),
    ['correo_rechazado'],
  )
})

test('cortado a mitad del correo, el servidor no pudo aceptarlo: se repite y llega una vez', async () => {
  // Las esperas, más largas que las de verdad: la noticia del corte llega antes que el punto final aunque la máquina esté ocupada.
  const smtp = { tratar: (entrega: number) => (entrega === 1 ? 'cortar_a_mitad' : 'aceptar') } as const
  const banco = await abrir({ smtp, entorno: entornoVeloz(0.1) })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  assert.deepEqual([banco.correo.entregas(), banco.correo.aceptados.length], [2, 1])
  const { ambiguo, enviado } = await banco.estadisticas()
  assert.deepEqual({ ambiguo, enviado }, { ambiguo: 0, enviado: 1 })
})

test('cortado después de recibirlo entero, no se repite: es el único caso que se cuenta como ambiguo', async () => {
  const banco = await abrir({ smtp: { tratar: () => 'cortar_tras_aceptar' } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  assert.deepEqual([banco.correo.entregas(), banco.correo.aceptados.length], [1, 1])
  assert.equal((await banco.estadisticas()).ambiguo, 1)
})

test('sin API se espera; al volver, el correo sale', async () => {
  const banco = await abrir()
  await banco.reservas.cerrar()
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await hastaQue('tres intentos', async () => banco.lineas.filter(({ msg }) => msg === 'mensaje fallido').length >= 3)
  conCierre(await abrirApiDeReservas({ puerto: Number(new URL(banco.reservas.url).port) }))
  await saldado(banco)
  assert.equal(banco.correo.aceptados.length, 1)
})

test('si la API responde lo que no debe, se repite y después se aparta; los demás siguen', async () => {
  const banco = await abrir({ entorno: masVeloz, api: { reserva: (id) => (id === 'r1' ? 500 : { ...unaReserva(), id }) } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), hecho({ id: 'e2', id_reserva: 'r2' }))
  await saldado(banco)
  assert.deepEqual(
    (await apartados(banco)).map(({ id, codigo }) => ({ id, codigo })),
    [{ id: 'e1', codigo: 'respuesta_inesperada' }],
  )
  assert.equal(banco.correo.aceptados.length, 1)
})

test('si la API no reconoce la firma, porque una de las dos horas está mal, se espera cuanto haga falta y nada se aparta', async () => {
  let preguntas = 0
  const banco = await abrir({ entorno: masVeloz, api: { contacto: () => (++preguntas <= 6 ? 401 : 404) } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await saldado(banco)
  assert.deepEqual(await apartados(banco), [])
  assert.equal(preguntas, 7)
})

test('a una reserva sin contacto no se le escribe, y se dice una vez', async () => {
  const banco = await abrir({ api: { contacto: () => 404 } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), hecho({ id: 'e2', id_reserva: 'r1', tipo: 'ReservaPagada' }))
  await saldado(banco)
  assert.equal(banco.correo.entregas(), 0)
  assert.equal((await banco.estadisticas()).sin_correo, 2)
  assert.equal(banco.lineas.filter(({ msg }) => String(msg).includes('no tiene contacto')).length, 1)
})

test('los correos por estado se publican como medida', async () => {
  const registro = new Registry()
  const banco = await abrir({ registro, smtp: { tratar: (entrega) => (entrega === 1 ? 'cortar_tras_aceptar' : 'aceptar') } })
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), hecho({ id: 'e2', id_reserva: 'r1' }))
  await saldado(banco)
  const texto = await registro.metrics()
  assert.match(texto, /^notificaciones_correos\{estado="ambiguo"\} 1$/m)
  assert.match(texto, /^notificaciones_correos\{estado="enviado"\} 1$/m)
})

test('B60 detener espera el correo que está saliendo', async () => {
  const banco = await abrir()
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }))
  await hastaQue('que empiece', async () => banco.reservas.pedidos.length > 0)
  await banco.detener()
  assert.equal(banco.correo.aceptados.length, 1)
  const despues = await banco.reabrir()
  await saldado(despues)
  assert.equal((await despues.estadisticas()).enviado, 1)
})

test('B60 se lee con el contrato generado: lo que escribe la API y lo que escribía el tutorial', async () => {
  const banco = await abrir()
  const delTutorial = {
    topico: 'eventos-reserva',
    id: 't1',
    llave: null,
    datos: Buffer.from('0202026102084e6f6e65021250454e4449454e54450202', 'hex'),
    propiedades: {},
  }
  await banco.publicar(hecho({ id: 'e1', id_reserva: 'r1' }), delTutorial)
  await saldado(banco)
  assert.deepEqual(banco.correo.aceptados.map((uno) => cabeceraDe(uno, 'x-aeroalpes-reserva')).sort(), ['a', 'r1'])
})

test('lo que no es un evento de reserva se aparta a la primera', async () => {
  const banco = await abrir()
  await banco.publicar({ topico: 'eventos-reserva', id: 'x', llave: null, datos: Buffer.from([9, 9, 9]), propiedades: {} })
  await saldado(banco)
  assert.deepEqual(
    (await apartados(banco)).map(({ codigo }) => codigo),
    ['mensaje_indescifrable'],
  )
})
