import { rmSync } from 'node:fs'
import * as vuelos from 'aeroalpes-api/modulos/vuelos/index.ts'
import { type Actor, ANONIMO, actorATexto } from 'seedwork/aplicacion/actor.ts'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Inicio } from 'seedwork/infraestructura/broker/puerto.ts'
import { unaVezPorLlave } from 'seedwork/infraestructura/idempotencia.ts'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { type Diario, type Hace, type Intento, pedidoDe } from '../../tests/procesos/apoyo/carga.ts'
import { faltas, leerRestos, type Restos } from '../../tests/procesos/apoyo/leyes.ts'
import { crearTestigo, type Testigo } from './testigo.ts'
import { carpetaNueva, NADA, nacer, type Suerte, type Vida } from './vida.ts'

export type Simulacion = Readonly<{ faltas: readonly string[]; huella: string; cuentas: Readonly<Record<string, number>> }>

/** Lo que la página sabe: los eventos que vio, en su orden, y desde dónde seguiría leyendo. */
type Vistos = { ids: string[]; desde: Inicio }

type Mundo = Readonly<{ azar: Azar; diario: Diario; vistos: Vistos; testigo: Testigo }>

const EVENTOS = 'eventos-reserva'
const INICIO = Date.UTC(2022, 10, 22, 13, 10)
const MUERTES_MAXIMAS = 2
const PASOS_MAXIMOS = 400
const ACCIONES = 14
/** Lo que se deja pasar al final: más que cualquier espera entre intentos. */
const DRENAJE_MS = 60_000
const DRENAJES_MAXIMOS = 20

/**
 * Una historia al azar, siempre la misma para la misma semilla: pedidos de toda clase sobre un proceso al que le fallan las escrituras, le
 * llegan los mensajes tarde y dos veces, y que muere y vuelve; al final se le deja terminar y se comprueban las leyes sobre lo que quedó.
 * `control` pierde mensajes: entonces tiene que haber faltas.
 */
export const simular = async (
  semilla: number,
  { control = false, contarlo }: { control?: boolean; contarlo?: (linea: string) => void } = {},
): Promise<Simulacion> => {
  const azar = mulberry32(semilla)
  const testigo = crearTestigo(contarlo)
  const mundo: Mundo = { azar, diario: [], vistos: { ids: [], desde: 'primero' }, testigo }
  let carpeta = carpetaNueva()
  let inicio = INICIO
  const muertes = Math.floor(azar() * (MUERTES_MAXIMAS + 1))
  for (let n = 0; n <= muertes; n++) {
    const ultima = n === muertes
    const suerte = ultima && n > 0 ? NADA : suerteDe(azar, { mortal: !ultima, control })
    const vida = await nacer({ carpeta, semilla: semilla * 8 + n, inicio }, suerte, testigo)
    id_oferta ??= await ofertaDe(vida)
    const soltar = mirar(vida, mundo)
    await actuar(vida, mundo)
    if (ultima) await terminar(vida, mundo)
    else vida.matar('un momento cualquiera')
    for (const intento of mundo.diario) if (intento.desenlace === 'pendiente') intento.desenlace = 'desconocido'
    await soltar()
    inicio = vida.entorno.reloj.ahora()
    carpeta = await vida.acabar()
  }
  const restos = sinRepetidosAProposito(leerRestos(carpeta), testigo)
  rmSync(carpeta, { recursive: true })
  return {
    faltas: [...faltas(restos, mundo.diario), ...loVisto(restos, mundo)],
    huella: huellaDe(restos, testigo),
    cuentas: testigo.cuentas(),
  }
}

const suerteDe = (azar: Azar, { mortal, control }: { mortal: boolean; control: boolean }): Suerte => ({
  muereEn: mortal ? 1 + Math.floor(azar() * PASOS_MAXIMOS) : Number.POSITIVE_INFINITY,
  falla: azar() * 0.06,
  duda: azar() * 0.04,
  repite: azar() * 0.2,
  demora: azar() * 0.4,
  pierde: control ? 0.1 : 0,
})

/** Quien mira los eventos por encima del hombro: sigue donde iba cada vez que el proceso vuelve. */
const mirar = ({ sistema, viva }: Vida, { vistos, testigo }: Mundo): (() => Promise<void>) => {
  const fin = new AbortController()
  const leyendo = (async () => {
    for await (const { id, posicion } of sistema.broker.leer({ topico: EVENTOS, desde: vistos.desde, senal: fin.signal })) {
      if (!viva()) return
      const repetido = testigo.esRepetido({ topico: EVENTOS, id }) && vistos.ids.includes(id)
      if (!repetido) vistos.ids.push(id)
      vistos.desde = { posicion }
    }
  })()
  return () => {
    fin.abort()
    return leyendo
  }
}

/** Pide y deja pasar el tiempo, hasta que se acaben las acciones o la vida. Lo pedido no se espera: hay varios en curso a la vez. */
const actuar = async (vida: Vida, mundo: Mundo): Promise<void> => {
  const { azar, diario, testigo } = mundo
  const enCurso: Promise<void>[] = diario.filter(sinSaber).map((intento) => intentar(vida, intento, testigo))
  for (let n = 0; n < ACCIONES && vida.viva(); n++) {
    const suerte = azar()
    if (suerte < 0.6) enCurso.push(intentar(vida, nuevoIntento(mundo), testigo))
    else if (suerte < 0.75) await vida.entorno.reposo()
    else if (suerte < 0.95) await vida.entorno.avanzar(Math.round(azar() ** 3 * 20_000))
    else vida.entorno.saltarHora(Math.round((azar() - 0.5) * 7_200_000))
  }
  await vida.entorno.avanzar(1)
  if (vida.viva()) await Promise.all(enCurso)
}

/** Se repite lo que no se supo y se espera a que no quede nada por saldar. */
const terminar = async (vida: Vida, { diario, testigo }: Mundo): Promise<void> => {
  const { entorno, sistema } = vida
  while (diario.some(sinSaber)) {
    await Promise.all(diario.filter(sinSaber).map((intento) => intentar(vida, intento, testigo)))
    await entorno.avanzar(1)
  }
  for (let n = 0; n < DRENAJES_MAXIMOS; n++) {
    await entorno.avanzar(DRENAJE_MS)
    if (sistema.broker.atrasos().every(({ pendientes }) => pendientes === 0)) return
  }
}

const elegir = <T>(azar: Azar, opciones: readonly T[]): T => opciones[Math.floor(azar() * opciones.length)] as T

const HACE: readonly Hace[] = ['crear', 'crear', 'pedir', 'pedir', 'aprobar', 'aprobar', 'pagar', 'cancelar']
const sinSaber = ({ desenlace, llave }: Intento): boolean => desenlace === 'desconocido' && llave

const nuevoIntento = ({ azar, diario }: Mundo): Intento => {
  const creadas = diario.filter(({ hace, desenlace }) => desenlace === 'ok' && (hace === 'crear' || hace === 'pedir'))
  const hace = creadas.length === 0 ? elegir(azar, ['crear', 'pedir'] as const) : elegir(azar, HACE)
  const sobre = hace === 'crear' || hace === 'pedir' ? undefined : elegir(azar, creadas)
  const intento: Intento = {
    id: `i-${diario.length}`,
    hace,
    quien: sobre === undefined ? elegir(azar, [null, 'ana', 'beto']) : sobre.quien,
    llave: azar() < 0.5,
    id_reserva: sobre?.id_reserva ?? null,
    id_operacion: null,
    desenlace: 'pendiente',
  }
  diario.push(intento)
  return intento
}

/** Aprobar es de quien opera; lo demás, de quien viaja. */
const actorDe = ({ quien, hace }: Intento): Actor => {
  if (hace === 'aprobar') return { id: 'op', rol: 'operador' }
  return quien === null ? ANONIMO : { id: quien, rol: 'viajero' }
}

type Hecho = Readonly<{ id_reserva: string; id_operacion: string | null }>

const CAMBIOS = { aprobar: vuelos.AprobarReserva, pagar: vuelos.PagarReserva } as const

let id_oferta: string | undefined

/** Una oferta de verdad, de un vuelo directo. Vale en toda simulación: todas empiezan a la misma hora. Buscarla es lo caro, y se hace una vez. */
const ofertaDe = async ({ sistema }: Vida): Promise<string> => {
  const de = { origen: 'origen', destino: 'destino', fecha: 'fecha' }
  const { itinerarios, parametros } = await sistema.consultar(
    vuelos.BuscarItinerarios,
    {
      tramos: [{ origen: 'BOG', destino: 'MDE', fecha: '2022-12-20', de }],
      viajeros: { adultos: 1, menores: 0, infantes: 0 },
      ...({ clase: 'ECONOMICA', orden: 'rapido', moneda: 'USD', desde: 0, tamano: 1 } as const),
    },
    { actor: ANONIMO, correlacion: 'oferta', causa: 'oferta' },
  )
  const [primero] = itinerarios
  if (primero === undefined) throw new Error('Nadie vuela.')
  return vuelos.ofertaAJson(primero, parametros, sistema.ventas).id_oferta
}

/** De cada tres, dos lo dictan, como en el tutorial, y uno compra la oferta. */
const pedidoPara = (id: string) => {
  if (id_oferta === undefined || Number(id.slice(2)) % 3 > 0) return vuelos.leerPedido(pedidoDe(id) as vuelos.PedidoJson)
  const contacto = { nombre: 'Ana Ríos', correo: 'ana@example.com', idioma: 'es' } as const
  return vuelos.leerPedido({ id_oferta, pasajeros: [{ nombre: id, apellido: 'Ríos', tipo: 'ADULTO' }], contacto })
}

/** Lo que hace la ruta de ese pedido dentro de su unidad de trabajo. */
const producir = async ({ sistema, entorno }: Vida, { id, hace, quien, id_reserva }: Intento, actor: Actor, tx: Tx): Promise<Hecho> => {
  const origen = { actor, correlacion: id, causa: id }
  const nueva = id_reserva ?? entorno.ids()
  const datos = { id_reserva: nueva }
  const de = { sujeto: nueva, propietario: quien ?? '', origen }
  const pedida = async (operacion: Promise<string>): Promise<Hecho> => ({ id_reserva: nueva, id_operacion: await operacion })
  if (hace === 'crear') {
    await sistema.ejecutar(tx, vuelos.CrearReserva, { ...datos, ...pedidoPara(id) }, origen)
    return { id_reserva: nueva, id_operacion: null }
  }
  if (hace === 'pedir') return pedida(sistema.solicitar(tx, vuelos.CrearReserva, { ...datos, ...pedidoPara(id) }, de))
  if (hace === 'cancelar') return pedida(sistema.solicitar(tx, vuelos.CancelarReserva, { ...datos, motivo: `motivo ${id}` }, de))
  return pedida(sistema.solicitar(tx, CAMBIOS[hace], datos, de))
}

/** Un pedido y lo que quien lo hizo supo de él. Una negativa habla de esta vez: lo que ya era desconocido lo sigue siendo. */
const intentar = async (vida: Vida, intento: Intento, testigo: Testigo): Promise<void> => {
  const { almacen, entorno } = vida.sistema
  const actor = actorDe(intento)
  const unidad = (tx: Tx) => producir(vida, intento, actor, tx)
  const llave = { actor: actorATexto(actor), llave: `llave-${intento.id}`, huella: intento.id, ahora: entorno.reloj.ahora() }
  try {
    const { respuesta, repetida } = intento.llave
      ? await unaVezPorLlave(almacen, llave, unidad)
      : { respuesta: await almacen.ejecutar(unidad), repetida: false }
    if (!vida.viva()) return
    if (repetida) testigo.contar('llave: ya se había hecho')
    Object.assign(intento, respuesta, { desenlace: 'ok' })
  } catch (error) {
    if (!vida.viva()) return
    const { clase, codigo } = error as { clase?: string; codigo?: string }
    if (clase !== 'no_disponible' && clase !== 'regla') throw error
    if (clase === 'regla') intento.desenlace = 'fallo'
    else if (intento.desenlace === 'pendiente') intento.desenlace = codigo === 'resultado_desconocido' ? 'desconocido' : 'fallo'
  }
  testigo.anotar(entorno.reloj.monotono(), `${intento.hace} ${intento.id}: ${intento.desenlace}`)
}

const sinRepetidosAProposito = (restos: Restos, testigo: Testigo): Restos => {
  const ya = new Set<string>()
  const log = restos.log.filter((mensaje) => {
    const llave = `${mensaje.topico} ${mensaje.id}`
    const otraVez = ya.has(llave) && testigo.esRepetido(mensaje)
    ya.add(llave)
    return !otraVez
  })
  return { ...restos, log }
}

/** Quien mira vio cada evento una vez, en el orden del log, y ninguno que después no estuviera. */
const loVisto = ({ log }: Restos, { vistos }: Mundo): readonly string[] => {
  const debidos = log.filter(({ topico }) => topico === EVENTOS).map(({ id }) => id)
  return debidos.join() === vistos.ids.join()
    ? []
    : [`se vieron ${vistos.ids.length} eventos y el log tiene ${debidos.length}, o en otro orden`]
}

const huellaDe = ({ log, reservas, operaciones }: Restos, testigo: Testigo): string => {
  testigo.anotar(0, JSON.stringify([log.map(({ topico, id }) => `${topico} ${id}`), reservas, operaciones]))
  testigo.contar('simulación')
  if (operaciones.some(({ estado }) => estado === 'fallida')) testigo.contar('operación: fallida')
  if (operaciones.some(({ estado }) => estado === 'completada')) testigo.contar('operación: completada')
  return testigo.huella()
}
