import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { BuscarItinerarios } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { ANONIMO } from 'seedwork/aplicacion/actor.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirApi } from './apoyo/api.ts'
import { cuando, esProblema, responde, senala } from './apoyo/frases.ts'
import { buscar, caminoDeBusqueda, dentroDe, type OfertaJson } from './apoyo/ofertas.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado } = api

describe('los aeropuertos', () => {
  test('se buscan por código, ciudad o nombre, sin tildes', async () => {
    await cuando(() => invitado.pedir('GET', '/aeropuertos?q=bogota')).entonces(
      responde(200, [{ codigo: 'BOG', nombre: 'El Dorado', ciudad: 'Bogotá', pais: 'CO', zona: 'America/Bogota' }]),
    )
  })

  test('hasta ocho, o los que se pidan', async () => {
    assert.equal((await invitado.pedir('GET', '/aeropuertos?q=san')).json<unknown[]>().length, 8)
    assert.equal((await invitado.pedir('GET', '/aeropuertos?q=san&limite=20')).json<unknown[]>().length, 20)
  })

  test('sin texto, o con un límite sin sentido, se dice cuál de los dos falla', async () => {
    await cuando(() => invitado.pedir('GET', '/aeropuertos')).entonces(senala('parametros_invalidos', '/q'))
    await cuando(() => invitado.pedir('GET', '/aeropuertos?q=b&limite=0')).entonces(senala('parametros_invalidos', '/limite'))
  })
})

const legsDe = ({ odos }: OfertaJson) => odos.flatMap(({ segmentos }) => segmentos.flatMap(({ legs }) => legs))

describe('los itinerarios', () => {
  test('sólo ida: con precio, condiciones, asientos y la hora de cada lugar', async () => {
    const { itinerarios, total } = await buscar(invitado, { destino: 'MAD' })
    assert.ok(total > 0 && itinerarios.length > 0)
    for (const oferta of itinerarios) {
      assert.equal(oferta.precio.moneda, 'COP')
      assert.equal(oferta.precio.base + oferta.precio.impuestos, oferta.precio.total)
      assert.ok(oferta.asientos >= 1)
      assert.equal(oferta.odos.length, 1)
      const [primero] = legsDe(oferta)
      assert.equal(primero?.salida_local.slice(0, 10), dentroDe(40))
      assert.equal(legsDe(oferta).length - 1, oferta.escalas)
      for (const { minutos } of oferta.odos[0]?.conexiones ?? []) assert.ok(minutos >= 45 && minutos <= 240)
    }
  })

  test('ida y vuelta: dos odos que se alcanzan', async () => {
    const { itinerarios } = await buscar(invitado, { destino: 'JFK', regreso: dentroDe(50) })
    assert.ok(itinerarios.length > 0)
    for (const { odos } of itinerarios) {
      const ruta = odos.map(({ origen, destino }) => `${origen.codigo}-${destino.codigo}`)
      assert.deepEqual(ruta, ['BOG-JFK', 'JFK-BOG'])
    }
  })

  test('viaje abierto: se vuelve de otra ciudad y a otra ciudad', async () => {
    const abierto = { destino: 'JFK', regreso: dentroDe(50), origen_regreso: 'MIA', destino_regreso: 'MDE' }
    const { itinerarios } = await buscar(invitado, abierto)
    assert.ok(itinerarios.length > 0)
    assert.deepEqual(
      itinerarios[0]?.odos.map(({ origen, destino }) => `${origen.codigo}-${destino.codigo}`),
      ['BOG-JFK', 'MIA-MDE'],
    )
  })

  test('se ordenan por precio, por duración o por lo mejor, y ninguno le gana a otro en todo', async () => {
    const con = (orden: string) => buscar(invitado, { destino: 'MIA', orden, tamano_pagina: '100' })
    const [baratos, rapidos] = [(await con('barato')).itinerarios, (await con('rapido')).itinerarios]
    const precios = baratos.map(({ precio }) => precio.total)
    const duraciones = rapidos.map(({ duracion_minutos }) => duracion_minutos)
    assert.deepEqual(
      precios,
      precios.toSorted((a, b) => a - b),
    )
    assert.deepEqual(
      duraciones,
      duraciones.toSorted((a, b) => a - b),
    )
    const pierde = (a: OfertaJson) =>
      baratos.some((b) => b.precio.total < a.precio.total && b.duracion_minutos < a.duracion_minutos && b.escalas <= a.escalas)
    assert.ok(!baratos.some(pierde))
  })

  test('los destacados son el primero de cada orden, en cualquier orden y página', async () => {
    const primero = async (orden: string) => {
      const { precio, duracion_minutos } = (await buscar(invitado, { destino: 'CTG', orden })).itinerarios[0] as OfertaJson
      return { total: precio.total, moneda: 'COP', duracion_minutos }
    }
    const esperados = { mejor: await primero('mejor'), barato: await primero('barato'), rapido: await primero('rapido') }
    for (const orden of ['barato', 'rapido'])
      assert.deepEqual((await buscar(invitado, { destino: 'CTG', orden, tamano_pagina: '1' })).destacados, esperados)
  })

  test('por páginas salen todos, una vez cada uno', async () => {
    const todos = (await buscar(invitado, { destino: 'CTG', tamano_pagina: '100' })).itinerarios
    const vistos: OfertaJson[] = []
    let token: string | null = ''
    while (token !== null) {
      const pagina = await buscar(invitado, { destino: 'CTG', tamano_pagina: '2', ...(token !== '' && { token_pagina: token }) })
      assert.ok(pagina.itinerarios.length <= 2 && pagina.total === todos.length)
      vistos.push(...pagina.itinerarios)
      token = pagina.siguiente
    }
    const nombres = (ofertas: readonly OfertaJson[]) =>
      ofertas.map((oferta) => legsDe(oferta).map(({ vuelo, fecha_salida }) => vuelo + fecha_salida))
    assert.deepEqual(nombres(vistos), nombres(todos))
  })

  test('más pasajeros pagan más, y en dólares es otro precio', async () => {
    const total = async (cambios: Record<string, string>) =>
      (await buscar(invitado, { orden: 'barato', ...cambios })).itinerarios[0]?.precio
    const [uno, familia, dolares] = [
      await total({}),
      await total({ adultos: '2', menores: '1', infantes: '1' }),
      await total({ moneda: 'USD' }),
    ]
    assert.ok((familia?.total ?? 0) > 2 * (uno?.total ?? 0))
    assert.equal(dolares?.moneda, 'USD')
  })

  test('donde nadie vuela no hay ninguno, y no es un error', async () => {
    await cuando(() => invitado.pedir('GET', caminoDeBusqueda({ origen: 'LET', destino: 'AAA' }))).entonces(
      responde(200, { itinerarios: [], total: 0, siguiente: null, destacados: null }),
    )
  })

  test('cada búsqueda sin sentido tiene su frase, en el idioma de quien pregunta', async () => {
    const frase = async (cambios: Record<string, string>, idioma = 'es') => {
      const respuesta = await invitado.pedir('GET', caminoDeBusqueda(cambios), { cabeceras: { 'accept-language': idioma } })
      await cuando(async () => respuesta).entonces(esProblema(422, 'busqueda_invalida'))
      return respuesta.json<{ errors: { pointer: string; detail: string }[] }>().errors.map(({ pointer, detail }) => `${pointer} ${detail}`)
    }
    const frases = await Promise.all([
      frase({ origen: 'ZZZ' }),
      frase({ destino: 'BOG' }),
      frase({ fecha: '2020-01-01' }),
      frase({ fecha: dentroDe(400) }),
      frase({ fecha: 'mañana' }),
      frase({ regreso: dentroDe(30) }),
      frase({ origen_regreso: 'MIA' }),
      frase({ adultos: '0' }),
      frase({ adultos: '10' }),
      frase({ infantes: '2' }),
    ])
    for (const una of frases) assert.equal(una.length, 1, una.join())
    const distintas = new Set(frases.flat().map((una) => una.slice(una.indexOf(' '))))
    assert.equal(distintas.size, 10)
    assert.deepEqual(await frase({ adultos: '0' }, 'en'), ['/adultos At least one adult must travel.'])
  })

  test('lo que ni siquiera tiene forma de búsqueda también se señala', async () => {
    await cuando(() => invitado.pedir('GET', '/vuelos/itinerarios?origen=BOG')).entonces(
      senala('parametros_invalidos', '/destino', '/fecha'),
    )
    for (const [campo, valor] of [
      ['adultos', '-1'],
      ['clase', 'turista'],
      ['orden', 'peor'],
      ['moneda', 'EUR'],
      ['tamano_pagina', '0'],
    ] as const)
      await cuando(() => invitado.pedir('GET', caminoDeBusqueda({ [campo]: valor }))).entonces(senala('parametros_invalidos', `/${campo}`))
    await cuando(() => invitado.pedir('GET', caminoDeBusqueda({ token_pagina: 'xx' }))).entonces(senala('token_invalido', '/token_pagina'))
  })
})

test('95 de cada 100 búsquedas tardan 30 ms o menos, entre aeropuertos cualesquiera', async () => {
  const archivo = join(import.meta.dirname, '../src/aeroalpes/modulos/vuelos/infraestructura/datos/aeropuertos.tsv')
  const todos = readFileSync(archivo, 'utf8')
    .split('\n')
    .filter((linea) => /^[^#]/.test(linea))
    .map((linea) => linea.slice(0, 3))
  const grandes = ['BOG', 'MDE', 'CTG', 'JFK', 'MIA', 'MAD', 'LHR', 'CDG', 'GRU', 'MEX', 'LIM', 'SCL', 'DXB', 'SIN', 'NRT', 'SYD']
  const azar = mulberry32(95)
  const uno = (lista: readonly string[]) => lista[Math.floor(azar() * lista.length)] ?? 'BOG'
  const origen = { actor: ANONIMO, correlacion: 'c', causa: 'c' }
  const de = { origen: 'origen', destino: 'destino', fecha: 'fecha' }
  const tiempos: number[] = []
  for (let i = 0; i < 300; i++) {
    // La mitad entre los que más se buscan, que son los que más ofrecen; de todas, la mitad con regreso.
    const [a, b] = i % 2 === 0 ? [uno(grandes), uno(grandes)] : [uno(todos), uno(todos)]
    if (a === b) continue
    const dia = 2 + Math.floor(azar() * 300)
    const ida = { origen: a, destino: b, fecha: dentroDe(dia), de }
    const tramos = i % 4 < 2 ? [ida] : [ida, { origen: b, destino: a, fecha: dentroDe(dia + 7), de }]
    const viajeros = { adultos: 1, menores: 0, infantes: 0 }
    const pedido = { tramos, viajeros, clase: 'ECONOMICA', moneda: 'COP', orden: 'mejor', desde: 0, tamano: 20 } as const
    const inicio = performance.now()
    await api.sistema.consultar(BuscarItinerarios, pedido, origen)
    tiempos.push(performance.now() - inicio)
  }
  tiempos.sort((x, y) => x - y)
  const p95 = tiempos[Math.floor(tiempos.length * 0.95)] ?? Number.POSITIVE_INFINITY
  assert.ok(p95 <= 30, `p95 = ${p95} ms`)
})
