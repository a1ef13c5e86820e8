import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirApi } from './apoyo/api.ts'
import type { OperacionJson } from './apoyo/cliente.ts'
import { entornoVeloz } from './apoyo/entornos.ts'
import { cuando, esProblema, responde } from './apoyo/frases.ts'
import { hastaQue, publicar } from './apoyo/hechos.ts'

type Apartado = Readonly<{
  id: string
  topico: string
  suscripcion: string
  llave: string
  codigo: string
  causa: string
  intentos: number
}>

/** Los reintentos de un mensaje que falla tardan un minuto: así, menos de un segundo. */
const api = await abrirApi({ entorno: entornoVeloz(100) })
after(api.cerrar)
const { invitado, operador } = api

const ver = async (consulta = ''): Promise<Apartado[]> => (await operador.pedir('GET', `/mensajes/apartados${consulta}`)).json<Apartado[]>()
const reintentar = async (filtro: object) => (await operador.pedir('POST', '/mensajes/apartados/reintentar', { cuerpo: filtro })).json()
const cuandoHaya = (cuantos: number, consulta: string): Promise<Apartado[]> =>
  hastaQue(`hay ${cuantos} apartados en ${consulta}`, async () => {
    const vistos = await ver(consulta)
    return vistos.length === cuantos && vistos
  })

const basura = (topico: string, id: string, llave = id): Mensaje => ({
  topico,
  id,
  llave,
  datos: Buffer.from('basura'),
  propiedades: { type: 'X' },
})

test('sólo los operadores y los servicios los ven y los reintentan', async () => {
  for (const quien of [invitado, api.como('ana')]) {
    await cuando(() => quien.pedir('GET', '/mensajes/apartados')).entonces(esProblema(403, 'solo_operadores'))
    await cuando(() => quien.pedir('POST', '/mensajes/apartados/reintentar', { cuerpo: {} })).entonces(esProblema(403, 'solo_operadores'))
  }
  for (const quien of [operador, api.como('guardia', 'servicio')])
    await cuando(() => quien.pedir('GET', '/mensajes/apartados')).entonces(responde(200))
})

test('se ven en el orden en que se apartaron, con de dónde salieron, por qué y tras cuántos intentos; los filtros se combinan', async () => {
  await publicar(api, basura('comandos-reserva', 'm1', 'k1'))
  await cuandoHaya(1, '?codigo=mensaje_indescifrable')
  await publicar(api, basura('comandos-reserva', 'm2', 'k2'), basura('eventos-reserva', 'm3', 'k1'))
  // El evento lo aparta cada una de las dos suscripciones que lo recibe.
  await cuandoHaya(4, '?codigo=mensaje_indescifrable')
  const [primero, segundo] = await ver('?topico=comandos-reserva')
  assert.partialDeepStrictEqual(primero, {
    id: 'm1',
    topico: 'comandos-reserva',
    suscripcion: 'aeroalpes-sub-comandos',
    llave: 'k1',
    tipo: 'X',
    codigo: 'mensaje_indescifrable',
    intentos: 1,
  })
  assert.match(String(primero?.causa), /no se puede descifrar/)
  assert.equal(segundo?.id, 'm2')
  const ids = async (consulta: string) => (await ver(consulta)).map(({ id }) => id)
  assert.deepEqual(await ids('?llave=k1&topico=eventos-reserva&suscripcion=aeroalpes-sub-eventos'), ['m3'])
  assert.deepEqual(await ids('?suscripcion=aeroalpes-sub-eventos'), ['m3'])
  assert.deepEqual(await ids('?codigo=otro'), [])
  assert.deepEqual(await ids("?llave=k1'--"), [])
  await cuando(() => operador.pedir('GET', '/mensajes/apartados?topico=')).entonces(esProblema(422, 'parametros_invalidos'))
})

test('reintentar los devuelve a quien los apartó; lo que sigue sin entenderse vuelve, contado otra vez desde el principio', async () => {
  await publicar(api, basura('eventos-reserva', 'm4', 'k4'))
  const suscripcion = 'aeroalpes-sub-eventos'
  await cuandoHaya(2, '?llave=k4')
  assert.deepEqual(await reintentar({ llave: 'nadie' }), { reintentados: 0 })
  assert.deepEqual(await reintentar({ llave: 'k4', suscripcion }), { reintentados: 1 })
  const [otraVez] = await cuandoHaya(1, `?llave=k4&suscripcion=${suscripcion}`)
  assert.partialDeepStrictEqual(otraVez, { id: 'm4', intentos: 1 })
})

describe('un defecto que se arregla', () => {
  test('un comando que siempre falla se aparta tras agotar los intentos, su operación sigue abierta y dice por qué; al reintentarlo, se cumple', async (t) => {
    t.after(() => armarCaida())
    const { id } = await invitado.unaReserva()
    armarCaida((nombre) => {
      if (nombre === 'comando.despues_de_manejar') throw new Error('un defecto nuestro')
    })
    const aceptada = await invitado.aprobar(id)
    const [apartado] = await cuandoHaya(1, `?llave=${id}`)
    assert.partialDeepStrictEqual(apartado, { intentos: 6, causa: 'un defecto nuestro' })
    const lugar = String(aceptada.cabeceras.get('location'))
    await cuando(() => invitado.pedir('GET', lugar)).entonces(
      responde(200, { estado: 'en_proceso', error: { codigo: 'error_interno', detail: 'Algo falló por dentro; se volverá a intentar.' } }),
    )
    await cuando(() => invitado.reserva(id)).entonces(responde(200, { estado: 'PENDIENTE' }))
    armarCaida()
    assert.deepEqual(await reintentar({ llave: id }), { reintentados: 1 })
    assert.partialDeepStrictEqual((await invitado.operacion(lugar, 30)).json<OperacionJson>(), { estado: 'completada', error: null })
    await cuando(() => invitado.reserva(id)).entonces(responde(200, { estado: 'APROBADA' }))
  })

  test('B45 un mensaje apartado no retiene a los demás, ni de otra reserva ni de la suya', async () => {
    const [mala, buena] = [await invitado.unaReserva(), await invitado.unaReserva()]
    await publicar(api, basura('comandos-reserva', 'm5', mala.id))
    await cuandoHaya(1, `?llave=${mala.id}`)
    for (const { id } of [buena, mala]) assert.equal((await invitado.desenlace(await invitado.aprobar(id))).estado, 'completada')
  })
})
