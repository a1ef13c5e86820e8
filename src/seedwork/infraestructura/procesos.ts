import type { Entrada, PasoSiguiente, Proceso } from '../aplicacion/gestor_de_proceso.ts'
import type { Origen } from '../aplicacion/origen.ts'
import { conflicto } from '../dominio/errores.ts'
import type { Instante } from '../dominio/instante.ts'
import { consultas } from './almacen/consultas.ts'
import type { Migraciones } from './almacen/migraciones.ts'
import type { Tx } from './almacen/puerto.ts'
import { puntoDeCaida } from './almacen/punto_de_caida.ts'
import { type Sumada, sumaDe } from './almacen/suma.ts'
import type { Ids, Reloj } from './puertos.ts'

/** En nombre de quién sigue el proceso: la conversación que lo empezó y de quién es su asunto. */
export type Hilo = Readonly<{ origen: Origen; propietario: string }>

/** Deja pedido un comando en `tx`. */
export type Emitir<C> = (tx: Tx, pedido: Readonly<{ id: string; comando: C; hilo: Hilo }>) => Promise<void>

type FilaProceso = Readonly<{ proceso: string; id: string; version: number; estado: string; hilo: string }>
type FilaPlazo = Readonly<{ id: string; proceso: string; id_proceso: string; nombre: string; version: number; vence: Instante }>
const consulta = consultas<{ procesos: FilaProceso & Sumada; plazos: FilaPlazo }>()
export const sumaProcesos = sumaDe<FilaProceso>('procesos', { proceso: true, id: true, version: true, estado: true, hilo: true })

type Partes<E, V, C, N extends string> = Readonly<{
  proceso: Proceso<E, V, C, N>
  emitir: Emitir<C>
  reloj: Reloj
  ids: Ids
  /** Se llama, después del commit, con la hora de cada plazo nuevo. */
  alFijarPlazo: (vence: Instante) => void
  /** Recibe lo que lanza un plazo al vencer. Ese plazo se pospone y los demás siguen. */
  alFallar: (error: unknown) => void
}>

/** Cuánto se pospone un plazo que falló. */
const POSPONER_MS = 30_000

export type Gestor<V> = Readonly<{
  /** Cuenta un hecho al proceso `id`, en la tx que lleva el inbox de ese hecho: así da un solo paso por hecho. */
  ocurrio: (tx: Tx, id: string, hecho: V, hilo: Hilo) => Promise<void>
  /** Vence hasta `maximo` plazos cuya hora llegó y dice cuándo es el próximo. Un plazo de una versión anterior no hace nada (fiabilidad P21). */
  vencer: (tx: Tx, maximo: number) => Promise<Instante | undefined>
}>

/**
 * Guarda el estado de cada proceso con su versión y sus plazos, y pide sus comandos, todo en la tx del paso. Cada transición compara la
 * versión que leyó: dos pasos a la vez no pueden partir del mismo estado.
 */
export const crearGestor = <E, V, C, N extends string>(partes: Partes<E, V, C, N>): Gestor<V> => {
  const { proceso, emitir, reloj, ids } = partes

  const leerProceso = async (tx: Tx, id: string): Promise<FilaProceso | undefined> => {
    const fila = await tx.una(leer, { proceso: proceso.nombre, id })
    return fila && sumaProcesos.exigir(fila)
  }

  const guardar = async (tx: Tx, fila: FilaProceso, paso: PasoSiguiente<E, C, N>): Promise<void> => {
    const { id, version } = fila
    if ((await tx.ejecutar(version === 1 ? insertar : actualizar, { ...fila, anterior: version - 1 })) !== 1) throw procesoCambiado(id)
    for (const { nombre, vence } of paso.plazos) {
      await tx.ejecutar(fijarPlazo, { id: ids(), proceso: proceso.nombre, id_proceso: id, nombre, version, vence })
      tx.alConfirmar(() => partes.alFijarPlazo(vence))
    }
  }

  const avanzar = async (tx: Tx, id: string, entrada: Entrada<V, N>, { previo, hilo }: { previo: FilaProceso | undefined; hilo: Hilo }) => {
    const estado = previo === undefined ? undefined : (JSON.parse(previo.estado) as E)
    const paso = proceso.avanzar(estado, entrada, { id, ahora: reloj.ahora() })
    if (paso === undefined) return
    const version = (previo?.version ?? 0) + 1
    await guardar(tx, { proceso: proceso.nombre, id, version, estado: JSON.stringify(paso.estado), hilo: JSON.stringify(hilo) }, paso)
    puntoDeCaida('proceso.despues_de_guardar')
    for (const comando of paso.comandos) await emitir(tx, { id, comando, hilo })
  }

  const vencerUno = async (tx: Tx, plazo: FilaPlazo): Promise<void> => {
    await tx.ejecutar(quitarPlazo, { id: plazo.id })
    const previo = await leerProceso(tx, plazo.id_proceso)
    if (previo === undefined || previo.version !== plazo.version) return
    const { origen, propietario } = JSON.parse(previo.hilo) as Hilo
    const hilo = { origen: { ...origen, causa: plazo.id }, propietario }
    await avanzar(tx, plazo.id_proceso, { tipo: 'vencio', plazo: plazo.nombre as N }, { previo, hilo })
  }

  const vencerOPosponer = async (tx: Tx, plazo: FilaPlazo): Promise<void> => {
    try {
      await tx.savepoint((parte) => vencerUno(parte, plazo))
    } catch (error) {
      partes.alFallar(error)
      await tx.ejecutar(posponer, { id: plazo.id, vence: reloj.ahora() + POSPONER_MS })
    }
  }

  return {
    ocurrio: async (tx, id, hecho, hilo) => {
      const previo = await leerProceso(tx, id)
      await avanzar(tx, id, { tipo: 'hecho', hecho }, { previo, hilo })
    },
    vencer: async (tx, maximo) => {
      const vencidos = await tx.todas(porVencer, { proceso: proceso.nombre, hasta: reloj.ahora(), maximo })
      for (const plazo of vencidos) await vencerOPosponer(tx, plazo)
      return (await tx.una(proximo, { proceso: proceso.nombre }))?.vence
    },
  }
}

const procesoCambiado = (id: string) =>
  conflicto('proceso_cambiado', { es: `El proceso ${id} avanzó mientras tanto`, en: `Process ${id} advanced in the meantime` }, 1)

const leer = consulta((db, p: { proceso: string; id: string }) =>
  db.selectFrom('procesos').selectAll().where('proceso', '=', p.proceso).where('id', '=', p.id),
)

const insertar = consulta((db, p: FilaProceso, dialecto) =>
  db
    .insertInto('procesos')
    .values({ proceso: p.proceso, id: p.id, version: p.version, estado: p.estado, hilo: p.hilo, suma: sumaProcesos.columna(dialecto) })
    .onConflict((c) => c.doNothing()),
)

const actualizar = consulta((db, p: FilaProceso & { anterior: number }, dialecto) =>
  db
    .updateTable('procesos')
    .set({ version: p.version, estado: p.estado, hilo: p.hilo, suma: sumaProcesos.columna(dialecto) })
    .where('proceso', '=', p.proceso)
    .where('id', '=', p.id)
    .where('version', '=', p.anterior),
)

const fijarPlazo = consulta((db, p: FilaPlazo) =>
  db
    .insertInto('plazos')
    .values({ id: p.id, proceso: p.proceso, id_proceso: p.id_proceso, nombre: p.nombre, version: p.version, vence: p.vence }),
)

const quitarPlazo = consulta((db, p: { id: string }) => db.deleteFrom('plazos').where('id', '=', p.id))

const posponer = consulta((db, p: { id: string; vence: Instante }) =>
  db.updateTable('plazos').set({ vence: p.vence }).where('id', '=', p.id),
)

const porVencer = consulta((db, p: { proceso: string; hasta: Instante; maximo: number }) =>
  db
    .selectFrom('plazos')
    .selectAll()
    .where('proceso', '=', p.proceso)
    .where('vence', '<=', p.hasta)
    .orderBy('vence')
    .orderBy('id')
    .limit(p.maximo),
)

const proximo = consulta((db, p: { proceso: string }) =>
  db.selectFrom('plazos').select('vence').where('proceso', '=', p.proceso).orderBy('vence').limit(1),
)

export const migracionesProcesos: Migraciones = {
  modulo: 'procesos',
  lista: [
    {
      nombre: 'procesos',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('procesos')
          .addColumn('proceso', 'text')
          .addColumn('id', 'text')
          .addColumn('version', entero, (c) => c.notNull())
          .addColumn('estado', 'text', (c) => c.notNull())
          .addColumn('hilo', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('procesos_pk', ['proceso', 'id'])
          .modifyEnd(agrupada),
        schema
          .createTable('plazos')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('proceso', 'text', (c) => c.notNull())
          .addColumn('id_proceso', 'text', (c) => c.notNull())
          .addColumn('nombre', 'text', (c) => c.notNull())
          .addColumn('version', entero, (c) => c.notNull())
          .addColumn('vence', entero, (c) => c.notNull())
          .modifyEnd(agrupada),
        schema.createIndex('plazos_por_hora').on('plazos').columns(['proceso', 'vence', 'id']),
      ],
    },
    { nombre: 'suma', pasos: ({ schema }, { entero }) => [schema.alterTable('procesos').addColumn('suma', entero)] },
  ],
}
