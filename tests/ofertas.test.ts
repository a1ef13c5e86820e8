import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi } from './apoyo/api.ts'
import { filas, tablasCon } from './apoyo/archivo.ts'
import type { Cliente } from './apoyo/cliente.ts'
import { cuando, esProblema, responde, rompe, senala } from './apoyo/frases.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { buscar, dentroDe, entornoConHora, unaCompra, unaOferta, unContacto, unPasajero } from './apoyo/ofertas.ts'
import { unPedido } from './apoyo/pedidos.ts'

const entorno = entornoConHora()
const api = await abrirApi({ entorno })
after(api.cerrar)
const { invitado, operador } = api

let sesiones = 0
/** Un navegador nuevo: nadie más tiene su sesión. */
const unaSesion = (): Cliente => api.como(`sesion-${String(++sesiones).padStart(22, '0')}`)
const reservar = async (quien: Cliente, cuerpo: unknown): Promise<ReservaJson> => {
  const respuesta = await quien.reservar(cuerpo)
  assert.equal(respuesta.estado, 200, respuesta.texto)
  return respuesta.json<ReservaJson>()
}
describe('reservar una oferta', () => {
  test('por la ruta síncrona: queda con su precio, sus condiciones, sus vuelos con hora local y un localizador', async () => {
    const oferta = await unaOferta(invitado, { destino: 'JFK' })
    const reserva = await reservar(unaSesion(), unaCompra(oferta))
    assert.partialDeepStrictEqual(reserva, {
      estado: 'PENDIENTE',
      precio: oferta.precio,
      condiciones: oferta.condiciones,
      id_cliente: null,
    })
    assert.match(reserva.localizador ?? '', /^[BCDFGHJKMNPQRSTWXYZ]{6}$/)
    assert.deepEqual(reserva.pasajeros, [{ nombre: 'Ana', apellido: 'Ríos', tipo: 'ADULTO', clase: 'ECONOMICA' }])
    const legs = reserva.itinerarios.flatMap(({ odos }) => odos.flatMap(({ segmentos }) => segmentos.flatMap((segmento) => segmento.legs)))
    const ofrecidos = oferta.odos.flatMap(({ segmentos }) => segmentos.flatMap((segmento) => segmento.legs))
    const comun = ['vuelo', 'fecha_salida', 'fecha_llegada', 'salida_local', 'llegada_local'] as const
    assert.deepEqual(
      legs.map((leg) => comun.map((campo) => leg[campo])),
      ofrecidos.map((leg) => comun.map((campo) => leg[campo])),
    )
    assert.equal(legs[0]?.origen.zona, 'America/Bogota')
    assert.deepEqual(reserva.acciones_disponibles, ['cancelar'])
  })

  test('por la ruta de comandos: la operación termina, y la reserva es la misma que por la otra', async () => {
    const sesion = unaSesion()
    const oferta = await unaOferta(sesion)
    const final = await sesion.desenlace(await sesion.reservarDespues(unaCompra(oferta)))
    assert.deepEqual([final.estado, final.eventos], ['completada', ['ReservaCreada']])
    const reserva = (await sesion.reserva(final.id_reserva)).json<ReservaJson>()
    assert.deepEqual(reserva.precio?.total, oferta.precio.total)
    assert.equal(reserva.pasajeros[0]?.apellido, 'Ríos')
  })

  test('quien reserva con la misma llave dos veces tiene una sola reserva y un solo asiento', async () => {
    const sesion = unaSesion()
    const cuerpo = unaCompra(await unaOferta(sesion))
    const cabeceras = { 'idempotency-key': 'la-misma' }
    const [una, otra] = [await sesion.reservar(cuerpo, cabeceras), await sesion.reservar(cuerpo, cabeceras)]
    assert.equal(una.texto, otra.texto)
    assert.equal(otra.cabeceras.get('idempotent-replayed'), 'true')
    assert.equal((await sesion.lista()).json<unknown[]>().length, 1)
  })

  for (const ruta of ['reservar', 'reservarDespues'] as const) {
    test(`una oferta vencida no se reserva, ni deja nada (${ruta})`, async () => {
      const oferta = await unaOferta(invitado)
      entorno.adelantar(15 * 60_000)
      const antes = await filas(api)
      await cuando(() => invitado[ruta](unaCompra(oferta))).entonces(rompe('OfertaVigente'))
      assert.deepEqual(await filas(api), antes)
    })

    test(`una oferta que nadie firmó es un dato inválido (${ruta})`, async () => {
      const { id_oferta } = await unaOferta(invitado)
      const otra = `${id_oferta.slice(0, -1)}${id_oferta.endsWith('A') ? 'B' : 'A'}`
      await cuando(() => invitado[ruta](unaCompra({ id_oferta: otra }))).entonces(senala('oferta_invalida', '/id_oferta'))
    })

    test(`los pasajeros tienen que ser los que cotiza (${ruta})`, async () => {
      const oferta = await unaOferta(invitado, { adultos: '2' })
      await cuando(() => invitado[ruta](unaCompra(oferta))).entonces(rompe('PasajerosDeLaOferta'))
    })

    test(`lo que falta se señala (${ruta})`, async () => {
      const oferta = await unaOferta(invitado)
      const sin = (cambios: object) => cuando(() => invitado[ruta](unaCompra(oferta, cambios)))
      await sin({ contacto: undefined }).entonces(senala('datos_invalidos', '/contacto'))
      await sin({ contacto: unContacto({ correo: 'ana' }) }).entonces(senala('datos_invalidos', '/contacto/correo'))
      await sin({ contacto: unContacto({ idioma: 'fr' }) }).entonces(senala('datos_invalidos', '/contacto/idioma'))
      await sin({ pasajeros: [unPasajero({ apellido: undefined })] }).entonces(senala('datos_invalidos', '/pasajeros/0/apellido'))
      await sin({ pasajeros: [unPasajero({ apellido: '  ' })] }).entonces(senala('datos_invalidos', '/pasajeros/0/apellido'))
      await sin({ pasajeros: [unPasajero({ nombre: null })] }).entonces(senala('datos_invalidos', '/pasajeros/0/nombre'))
    })
  }

  test('si el precio sube entre la búsqueda y la reserva, se dice y no se reserva', async () => {
    const { itinerarios } = await buscar(invitado, { destino: 'CTG', orden: 'barato' })
    const oferta = itinerarios.find(({ asientos }) => asientos > 1)
    assert.ok(oferta)
    await hastaQue('el cupo se llena hasta que el precio cambia', async () => {
      const nueva = await buscar(invitado, { destino: 'CTG', tamano_pagina: '100' })
      const igual = nueva.itinerarios.find(({ odos }) => JSON.stringify(odos) === JSON.stringify(oferta.odos))
      if (igual === undefined || igual.precio.total !== oferta.precio.total) return true
      // Vendida la mitad, cuesta más; y siempre queda un asiento, para que lo que se niegue sea el precio.
      const adultos = String(Math.min(9, igual.asientos - 1))
      const grupo = (await buscar(invitado, { destino: 'CTG', adultos, tamano_pagina: '100' })).itinerarios
      const llena = grupo.find(({ odos }) => JSON.stringify(odos) === JSON.stringify(oferta.odos))
      if (llena !== undefined)
        await reservar(unaSesion(), unaCompra(llena, { pasajeros: Array.from({ length: Number(adultos) }, () => unPasajero()) }))
      return false
    })
    await cuando(() => invitado.reservar(unaCompra(oferta))).entonces(esProblema(400, 'OfertaSinCambios'))
  })
})

const PARES = ['MDE', 'CLO', 'CTG', 'LIM', 'UIO', 'MIA', 'JFK', 'MAD', 'GRU', 'MEX', 'PTY', 'CUN'].flatMap((destino) =>
  ['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA'].map((clase) => ({ destino, clase })),
)

/** Una oferta a la que le queda un solo asiento, buscada entre muchas. */
const conUnAsiento = async () => {
  for (let dia = 30; dia < 60; dia++)
    for (const par of PARES) {
      const criterio = { ...par, fecha: dentroDe(dia), tamano_pagina: '100' }
      const { itinerarios } = await buscar(invitado, criterio)
      const ultima = itinerarios.find(({ asientos, escalas }) => asientos === 1 && escalas === 0)
      if (ultima !== undefined) return { ultima, criterio }
    }
  throw new Error('No hay un vuelo con un solo asiento')
}

describe('los asientos', () => {
  test('el último lo quieren treinta y lo tiene uno; al cancelar vuelve a estar a la venta', async () => {
    const { ultima, criterio } = await conUnAsiento()
    const quieren = Array.from({ length: 30 }, unaSesion)
    const respuestas = await Promise.all(quieren.map((sesion) => sesion.reservar(unaCompra(ultima))))
    const ganan = respuestas.filter(({ estado }) => estado === 200)
    assert.equal(ganan.length, 1)
    for (const pierde of respuestas.filter(({ estado }) => estado !== 200))
      await cuando(async () => pierde).entonces(rompe('AsientosDisponibles', 'Ya no quedan asientos suficientes en uno de los vuelos'))

    const ofrecida = async () =>
      (await buscar(invitado, criterio)).itinerarios.some(({ odos }) => JSON.stringify(odos) === JSON.stringify(ultima.odos))
    assert.equal(await ofrecida(), false)
    const id = ganan[0]?.json<ReservaJson>().id ?? ''
    assert.equal((await invitado.desenlace(await invitado.cancelar(id))).estado, 'completada')
    assert.equal(await ofrecida(), true)
  })

  test('por la ruta de comandos también hay un solo ganador, y los demás terminan fallidos con la regla', async () => {
    const { ultima } = await conUnAsiento()
    const sesiones_ = Array.from({ length: 12 }, unaSesion)
    const finales = await Promise.all(sesiones_.map(async (sesion) => sesion.desenlace(await sesion.reservarDespues(unaCompra(ultima)))))
    assert.equal(finales.filter(({ estado }) => estado === 'completada').length, 1)
    for (const { estado, error } of finales) if (estado === 'fallida') assert.equal(error?.codigo, 'AsientosDisponibles')
  })

  test('bajan tantos como viajeros con asiento; los infantes van en brazos', async () => {
    const familia = { destino: 'MAD', adultos: '2', menores: '1', infantes: '1' }
    const oferta = (await buscar(invitado, { ...familia, tamano_pagina: '100' })).itinerarios.find(({ asientos }) => asientos >= 8)
    if (oferta === undefined) throw new Error('No hay un vuelo con asientos')
    const pasajeros = ['ADULTO', 'ADULTO', 'MENOR', 'INFANTE'].map((tipo) => unPasajero({ tipo }))
    await reservar(unaSesion(), unaCompra(oferta, { pasajeros }))
    const despues = (await buscar(invitado, { ...familia, tamano_pagina: '100' })).itinerarios
    const misma = despues.find(({ odos }) => JSON.stringify(odos) === JSON.stringify(oferta.odos))
    assert.equal(misma?.asientos, oferta.asientos - 3)
  })
})

describe('la reserva de un invitado', () => {
  test('la ve, la paga y la cancela quien conoce su identificador; sólo su sesión la lista', async () => {
    const [ana, beto] = [unaSesion(), unaSesion()]
    const { id } = await reservar(ana, unaCompra(await unaOferta(ana)))
    await cuando(() => beto.reserva(id)).entonces(responde(200, { id, id_cliente: null }))
    await cuando(() => invitado.reserva(id)).entonces(responde(200, { id }))
    assert.deepEqual(
      (await ana.lista()).json<{ id: string }[]>().map((una) => una.id),
      [id],
    )
    assert.deepEqual((await beto.lista()).json(), [])
    assert.deepEqual((await ana.historial()).json(), [])
    assert.equal((await beto.desenlace(await beto.cancelar(id))).estado, 'completada')
  })

  test('la sesión no sale en la reserva ni en los mensajes: el evento dice None', async () => {
    const ana = api.como('sesion-secretaSecretaSecreta1')
    const respuesta = await ana.reservar(unaCompra(await unaOferta(ana)))
    assert.ok(!respuesta.texto.includes('secreta'))
    const { id } = respuesta.json<ReservaJson>()
    assert.deepEqual((await api.publicados('eventos-reserva', id))[0], 'ReservaCreada')
    const senal = AbortSignal.timeout(5_000)
    for await (const mensaje of api.sistema.broker.leer({ topico: 'eventos-reserva', desde: 'primero', senal })) {
      if (mensaje.llave !== id) continue
      assert.ok(!Buffer.from(mensaje.datos).toString('latin1').includes('sesion-'))
      assert.ok(Buffer.from(mensaje.datos).toString('latin1').includes('None'))
      assert.equal(mensaje.propiedades.propietario, 'sesion-secretaSecretaSecreta1')
      break
    }
  })

  test('el viajero no aprueba lo que compró: lo aprueba la aerolínea', async () => {
    const sesion = unaSesion()
    const { id } = await reservar(sesion, unaCompra(await unaOferta(sesion)))
    const final = await sesion.desenlace(await sesion.aprobar(id))
    assert.deepEqual([final.estado, final.error?.codigo], ['fallida', 'solo_la_aerolinea'])
  })
})

describe('el contacto', () => {
  test('lo leen los servicios y los operadores; para los demás no existe, y no sale en ninguna parte más', async () => {
    const sesion = unaSesion()
    const correo = 'contacto-unico@example.com'
    const { id } = await reservar(sesion, unaCompra(await unaOferta(sesion), { contacto: unContacto({ correo, idioma: 'en' }) }))
    const camino = `/vuelos/reserva/${id}/contacto`
    for (const quien of [operador, api.como('notificaciones', 'servicio')])
      await cuando(() => quien.pedir('GET', camino)).entonces(responde(200, { nombre: 'Ana Ríos', correo, idioma: 'en' }))
    for (const quien of [sesion, invitado])
      await cuando(() => quien.pedir('GET', camino)).entonces(esProblema(404, 'reserva_no_encontrada'))
    for (const respuesta of [await sesion.reserva(id), await sesion.lista(), await operador.lista()])
      assert.ok(!respuesta.texto.includes(correo))
    assert.deepEqual(await tablasCon(api, correo), ['contactos'])
  })

  test('una reserva del tutorial no tiene', async () => {
    const { id } = await invitado.unaReserva(unPedido())
    await cuando(() => operador.pedir('GET', `/vuelos/reserva/${id}/contacto`)).entonces(esProblema(404, 'reserva_no_encontrada'))
  })
})

describe('el localizador', () => {
  test('con el apellido de un pasajero, escrito como sea, da la reserva; con otra cosa da siempre la misma respuesta', async () => {
    const reserva = await reservar(
      unaSesion(),
      unaCompra(await unaOferta(invitado), { pasajeros: [unPasajero({ apellido: 'Peña Núñez' })] }),
    )
    const localizador = reserva.localizador ?? ''
    const pedir = (codigo: string, apellido: string) =>
      invitado.pedir('GET', `/vuelos/localizador/${codigo}?apellido=${encodeURIComponent(apellido)}`)
    for (const [codigo, apellido] of [
      [localizador, 'Peña Núñez'],
      [localizador.toLowerCase(), 'PENA  nunez'],
    ] as const)
      await cuando(() => pedir(codigo, apellido)).entonces(responde(200, { id: reserva.id }))
    const ajenos = await Promise.all([
      pedir(localizador, 'Gómez'),
      pedir('ZZZZZZ', 'Peña Núñez'),
      pedir(localizador, '--'),
      pedir('BBBBBB', 'x'),
    ])
    const cuerpos = ajenos.map((respuesta) => {
      assert.equal(respuesta.estado, 404)
      return JSON.stringify({ ...respuesta.json(), instance: '' })
    })
    assert.equal(new Set(cuerpos).size, 1)
    assert.equal(new Set(ajenos.map(({ texto }) => texto.length)).size, 1)
  })

  test('quien prueba demasiado espera, cada sesión con su cuenta, y un operador no la tiene', async () => {
    const adivina = unaSesion()
    const probar = (quien: Cliente) => quien.pedir('GET', '/vuelos/localizador/BBBBBB?apellido=x')
    for (let i = 0; i < 20; i++) await cuando(() => probar(adivina)).entonces(esProblema(404, 'localizador_no_encontrado'))
    const respuesta = await probar(adivina)
    await cuando(async () => respuesta).entonces(esProblema(429, 'demasiados_intentos'))
    assert.match(respuesta.cabeceras.get('retry-after') ?? '', /^[1-9]\d{0,2}$/)
    await cuando(() => probar(unaSesion())).entonces(esProblema(404, 'localizador_no_encontrado'))
    for (let i = 0; i < 25; i++) await cuando(() => probar(operador)).entonces(esProblema(404, 'localizador_no_encontrado'))
  })
})

describe('cancelar', () => {
  test('lo que dice la cotización: nada si no se pagó; pagada, lo que devuelven las condiciones; y suman lo pagado', async () => {
    const oferta = (await buscar(invitado, { destino: 'JFK', tamano_pagina: '100' })).itinerarios.find(
      ({ condiciones }) => condiciones.reembolso_porcentaje > 0,
    )
    if (oferta === undefined) throw new Error('Nadie devuelve nada')
    const sesion = unaSesion()
    const { id } = await reservar(sesion, unaCompra(oferta))
    const cotizar = () => sesion.pedir('GET', `/vuelos/reserva/${id}/cancelacion`)
    const nada = { moneda: 'COP', total: 0 }
    await cuando(cotizar).entonces(responde(200, { id_reserva: id, reembolso: nada, penalidad: nada }))
    await operador.desenlace(await operador.aprobar(id))
    await sesion.desenlace(await sesion.pagar(id))
    type Cotizacion = { reembolso: { total: number }; penalidad: { total: number }; vence: string }
    const { reembolso, penalidad, vence } = (await cotizar()).json<Cotizacion>()
    const { total } = oferta.precio
    assert.equal(reembolso.total, Math.floor((total * oferta.condiciones.reembolso_porcentaje) / 100) - oferta.condiciones.penalidad)
    assert.equal(reembolso.total + penalidad.total, total)
    assert.ok(Date.parse(vence) > entorno.reloj.ahora())
    await sesion.desenlace(await sesion.cancelar(id))
    await cuando(cotizar).entonces(rompe('TransicionValida', 'La reserva ya está cancelada'))
  })

  test('la de otro no se cotiza', async () => {
    const { id } = await reservar(api.como('cliente-registrado'), unPedido())
    await cuando(() => unaSesion().pedir('GET', `/vuelos/reserva/${id}/cancelacion`)).entonces(esProblema(404, 'reserva_no_encontrada'))
  })
})
