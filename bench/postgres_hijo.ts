// La API sobre PostgreSQL, sola en su proceso y sin nadie que consuma; y, en otro, sus mismas escrituras sin HTTP.
import { devNull } from 'node:os'
import { crearApi } from 'aeroalpes-api/api/servidor.ts'
import { CrearReserva, leerPedido } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { componer, migraciones, type Sistema } from 'aeroalpes-api/sistema.ts'
import pino from 'pino'
import type { Actor } from 'seedwork/aplicacion/actor.ts'
import type { Consulta } from 'seedwork/infraestructura/almacen/consultas.ts'
import { abrirAlmacenPostgres } from 'seedwork/infraestructura/almacen/postgres/almacen.ts'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { escritorDeSalida } from 'seedwork/infraestructura/broker/pulsar/salida.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { aceptarOperaciones, type NuevaOperacion } from 'seedwork/infraestructura/operaciones.ts'
import { destinoDeBitacora } from 'seedwork/infraestructura/proceso/bitacora.ts'
import { txNula } from './almacen_nulo.ts'
import { ahoraMs, atender } from './hijo.ts'
import { PEDIDO } from './peticiones.ts'

const EN_VUELO = 64
const LOTE = 512
/** Como en el ejecutor. */
const POR_TANDA = 16
const ESCRITORES = 2
const bitacora = pino({ level: 'info' }, destinoDeBitacora(devNull))

let almacen: Almacen
let sistema: Sistema

/** Publica en la salida de verdad, que nadie recoge. */
const soloSalida = (): Broker => ({
  publicar: escritorDeSalida({ almacen, entorno: entornoReal, alEscribir: () => {} }),
  suscribir: async () => ({ cerrar: async () => {} }),
  leer: async function* () {},
  atrasos: () => [],
  apartados: { ver: async () => [], reintentar: async () => 0 },
  cerrar: async () => {},
})

/** Una sentencia de la API. `lee`: espera su respuesta antes de pedir otra. */
type Sentencia = Readonly<{ consulta: Consulta<object, unknown>; parametros: object; lee: boolean }>

/** Lo que `hacer` pide en su tx, sin pedirlo. Lo que lee no existe. */
const grabar = async (hacer: (tx: Tx) => Promise<unknown>): Promise<readonly Sentencia[]> => {
  const sentencias: Sentencia[] = []
  const anotar = (lee: boolean) => (consulta: unknown, parametros: object) =>
    void sentencias.push({ consulta: consulta as Sentencia['consulta'], parametros, lee })
  await hacer(txNula(anotar(false), anotar(true)))
  return sentencias
}

/** Pide lo grabado como la API: lo que no lee va en el mismo viaje que lo siguiente. */
const repetirla = async (tx: Tx, sentencias: readonly Sentencia[]): Promise<void> => {
  for (const { consulta, parametros, lee } of sentencias) {
    if (lee) await tx.todas(consulta, parametros)
    else tx.escribir(consulta, parametros)
  }
}

/** Quien pide por HTTP es un viajero, y lo suyo se anota también en su historial. */
const VIAJERO: Actor = { id: 'viajero-0', rol: 'viajero' }
const origen = () => {
  const id = entornoReal.ids()
  return { actor: VIAJERO, correlacion: id, causa: id }
}
const unComando = () => ({ id_reserva: entornoReal.ids(), ...leerPedido(PEDIDO) })

/** Una tanda de comandos aceptados, con lo que cada uno escribe. */
const tandaDe = async (tx: Tx, cuantos: number): Promise<void> => {
  const sueltas: Sentencia[][] = []
  for (let i = 0; i < cuantos; i++) {
    const datos = unComando()
    const pedido = { sujeto: datos.id_reserva, propietario: VIAJERO.id, origen: origen() }
    sueltas.push([...(await grabar((una) => sistema.solicitar(una, CrearReserva, datos, pedido)))])
  }
  aceptarOperaciones(
    tx,
    sueltas.map(([operacion]) => operacion?.parametros as NuevaOperacion),
  )
  const dejar = sueltas[0]?.at(-1)?.consulta as Sentencia['consulta']
  const lista = sueltas.flatMap((suelta) => JSON.parse((suelta.at(-1) as Sentencia & { parametros: { lista: string } }).parametros.lista))
  tx.escribir(dejar, { lista: JSON.stringify(lista) })
}

type Trabajo<T> = Readonly<{ enVuelo?: number; preparar: () => Promise<T>; hacer: (preparado: T) => Promise<number> }>

/** Cuántas por segundo. Lo que se prepara, de a LOTE, no cuenta. */
const repetir = async <T>(ms: number, { enVuelo = EN_VUELO, preparar, hacer }: Trabajo<T>): Promise<number> => {
  let [gastado, hechas] = [0, 0]
  while (gastado < ms) {
    const lote: T[] = []
    while (lote.length < LOTE) lote.push(await preparar())
    const inicio = ahoraMs()
    const correr = async (): Promise<void> => {
      for (let uno = lote.pop(); uno !== undefined; uno = lote.pop()) {
        const suyas = await hacer(uno)
        hechas += suyas
      }
    }
    await Promise.all(Array.from({ length: enVuelo }, correr))
    gastado += ahoraMs() - inicio
  }
  return (hechas * 1_000) / gastado
}

const ordenes = {
  abrir: async ({ base, clave }: { base: string; clave: string }): Promise<void> => {
    almacen = await abrirAlmacenPostgres({ direccion: base, entorno: entornoReal, migraciones: [migracionesPulsar, ...migraciones] })
    sistema = await componer({
      ...{ almacen, broker: soloSalida(), entorno: entornoReal, bitacora, listaAbierta: false },
      clave: Buffer.from(clave, 'base64url'),
    })
  },
  escuchar: async ({ clave }: { clave: string }): Promise<number> => {
    const api = await crearApi({ sistema, bitacora, clave: Buffer.from(clave, 'base64url') })
    return Number(new URL(await api.listen({ host: '127.0.0.1', port: 0 })).port)
  },
  /**
   * El techo del POST síncrono: sus mismas sentencias, ya armadas, en la misma cantidad de unidades y conexiones. `enFila`: cada una espera
   * la respuesta de la anterior, como las escribe quien no junta viajes.
   */
  reservas: async ({ ms, enFila = false }: { ms: number; enFila?: boolean }): Promise<number> =>
    repetir(ms, {
      preparar: async () => {
        const sentencias = await grabar((tx) => sistema.ejecutar(tx, CrearReserva, unComando(), origen()))
        return enFila ? sentencias.map((una) => ({ ...una, lee: true })) : sentencias
      },
      hacer: async (sentencias) => {
        await almacen.ejecutar((tx) => repetirla(tx, sentencias))
        return 1
      },
    }),
  /** El techo de aceptar: las dos sentencias de una tanda llena, ya armadas. */
  comandos: async ({ ms }: { ms: number }): Promise<number> =>
    repetir(ms, {
      enVuelo: ESCRITORES,
      preparar: () => grabar(async (tx) => tandaDe(tx, POR_TANDA)),
      hacer: async (sentencias) => {
        await almacen.ejecutar((tx) => repetirla(tx, sentencias))
        return POR_TANDA
      },
    }),
}
export type OrdenesDePostgres = typeof ordenes

atender(ordenes)
