import type { Logger } from 'pino'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { Corriente } from './corriente.ts'
import { LIMITES_DE_FLUJO, type LimitesDeFlujo } from './limites.ts'
import { leerTestigo, type Marca, testigoDe } from './marca.ts'
import { armarEnvio, type Contexto, type Pedido, Receptor, type Salida } from './receptor.ts'
import { type Aviso, interpreteDeOperaciones, interpreteDeReservas, unaVez } from './trama.ts'

export type Partes = Readonly<{
  broker: Pick<Broker, 'leer'>
  esquemas: EsquemasConocidos
  entorno: Entorno
  bitacora: Logger
  emitirTodo: boolean
  limites?: Partial<LimitesDeFlujo>
}>

export type NuevoReceptor = Pedido & Readonly<{ desde: string | undefined }>

/** Reparte lo que este proceso lee entre los receptores que pueden verlo. */
export type Reparto = Readonly<{
  arrancar: () => void
  /** Empieza a recibir, desde ahora o desde el testigo `desde`. Sin broker, cuando lo haya. */
  agregar: (nuevo: NuevoReceptor, salida: Salida) => Receptor
  quitar: (receptor: Receptor) => void
  /** Si se está leyendo todo lo que hay que leer. */
  disponible: () => boolean
  detener: () => Promise<void>
}>

/** Un testigo que aún no tiene posición vale esto: después, lo que le seguía pudo borrarse sin que se note. */
const EDAD_DE_INSTANTE_MS = 24 * 60 * 60_000

/** Lee `eventos-reserva` y `eventos-operacion` una sola vez, con una lectura propia: cada proceso recibe todo (B57). */
export const crearReparto = ({ broker, esquemas, entorno, bitacora, emitirTodo, limites: cambios }: Partes): Reparto => {
  const limites = { ...LIMITES_DE_FLUJO, ...cambios }
  const indice = crearIndice()
  const enEspera = new Map<Receptor, string | undefined>()
  const alNoLeer = (error: unknown, { topico, id }: { topico: string; id: string }) =>
    bitacora.warn({ err: error, topico, mensaje: id }, 'un mensaje no se entiende y no se muestra')
  const interpretes = [interpreteDeReservas({ esquemas, alNoLeer }, emitirTodo), interpreteDeOperaciones({ esquemas, alNoLeer })]

  const alLlegar = (cual: number, aviso: Aviso, anterior: Marca): void => {
    const comun = unaVez(() => armarEnvio(aviso, testigoDe(corrientes.map(({ memoria }) => memoria.cabeza))))
    for (const receptor of indice.de(aviso.claves)) receptor.ofrecer(cual, aviso, { anterior, comun })
  }

  const alCambiar = (): void => {
    if (disponible()) abrirEnEspera()
    else {
      bitacora.warn('no se puede leer el broker: quien escucha tendrá que volver')
      for (const receptor of indice.todos()) receptor.despedir()
    }
  }

  const corrientes: readonly Corriente[] = interpretes.map(
    (interprete, cual) =>
      new Corriente({
        broker,
        interprete,
        entorno,
        bitacora,
        limites,
        observador: {
          alLlegar: (aviso, anterior) => alLlegar(cual, aviso, anterior),
          alReiniciar: () => {
            for (const receptor of indice.todos()) receptor.empezarDeNuevo()
          },
          alCambiar,
        },
      }),
  )
  const contexto: Contexto = { corrientes, bitacora, limites }
  const disponible = () => corrientes.every((corriente) => corriente.disponible)

  const abrir = (receptor: Receptor, desde: string | undefined): void => {
    indice.agregar(receptor)
    const masVieja = entorno.reloj.ahora() - EDAD_DE_INSTANTE_MS
    receptor.abrir(desde === undefined ? undefined : leerTestigo(desde, { cuantas: corrientes.length, masVieja }))
  }

  const abrirEnEspera = (): void => {
    const listos = [...enEspera]
    enEspera.clear()
    for (const [receptor, desde] of listos) abrir(receptor, desde)
  }

  return {
    arrancar: () => {
      for (const corriente of corrientes) corriente.arrancar()
    },
    agregar: ({ desde, ...pedido }, salida) => {
      const receptor = new Receptor(contexto, pedido, salida)
      if (disponible()) abrir(receptor, desde)
      else enEspera.set(receptor, desde)
      return receptor
    },
    quitar: (receptor) => {
      receptor.cerrar()
      enEspera.delete(receptor)
      indice.quitar(receptor)
    },
    disponible,
    detener: async () => {
      await Promise.all(corrientes.map((corriente) => corriente.detener()))
    },
  }
}

/** Qué receptores esperan cada clave. */
const crearIndice = () => {
  const todos = new Set<Receptor>()
  const porClave = new Map<string, Set<Receptor>>()
  return {
    todos: (): readonly Receptor[] => [...todos],
    de: function* (claves: readonly string[]): Iterable<Receptor> {
      for (const clave of claves) yield* porClave.get(clave) ?? []
    },
    agregar: (receptor: Receptor): void => {
      todos.add(receptor)
      for (const clave of receptor.pedido.claves) porClave.set(clave, (porClave.get(clave) ?? new Set()).add(receptor))
    },
    quitar: (receptor: Receptor): void => {
      todos.delete(receptor)
      for (const clave of receptor.pedido.claves) {
        const suyos = porClave.get(clave)
        suyos?.delete(receptor)
        if (suyos?.size === 0) porClave.delete(clave)
      }
    },
  }
}
