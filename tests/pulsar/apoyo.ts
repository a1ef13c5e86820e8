import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Migraciones } from 'seedwork/infraestructura/almacen/migraciones.ts'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import type { Entrega, MensajeRecibido } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirBrokerPulsar, type BrokerPulsar, type OpcionesPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { mirarSalidas } from 'seedwork/infraestructura/broker/pulsar/tablas_de_salida.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { hasta as esperarHecho } from 'seedwork/pruebas/hasta.ts'

type Tablas = { efectos: { orden: number | undefined; mensaje: string; llave: string }; repetidos: { mensaje: string } }
const consulta = consultas<Tablas>()

export const migracionesDePrueba: Migraciones = {
  modulo: 'efectos_de_prueba',
  lista: [
    {
      nombre: 'efectos',
      pasos: ({ schema }, { entero, numerada }) => [
        schema
          .createTable('efectos')
          .addColumn('orden', entero, numerada)
          .addColumn('mensaje', 'text', (c) => c.notNull().unique())
          .addColumn('llave', 'text', (c) => c.notNull()),
        schema.createTable('repetidos').addColumn('mensaje', 'text', (c) => c.notNull()),
      ],
    },
  ],
}

const anotarEfecto = consulta((db, p: { mensaje: string; llave: string }) =>
  db
    .insertInto('efectos')
    .values({ mensaje: p.mensaje, llave: p.llave } as Tablas['efectos'])
    .onConflict((c) => c.doNothing()),
)
const anotarRepetido = consulta((db, p: { mensaje: string }) => db.insertInto('repetidos').values({ mensaje: p.mensaje }))
const leerEfectos = consulta((db, _: object) => db.selectFrom('efectos').select(['mensaje', 'llave']).orderBy('orden'))
const contar = consulta((db, _: object) => db.selectFrom('efectos').select((e) => e.fn.countAll<number>().as('total')))
const leerRepetidos = consulta((db, _: object) => db.selectFrom('repetidos').selectAll())

/** El efecto de una entrega y su acuse, en una tx. El que ya estaba se anota aparte. */
export const hacerEfecto = async (tx: Tx, entrega: Entrega): Promise<void> => {
  const { id: mensaje, llave } = entrega.mensaje
  if ((await tx.ejecutar(anotarEfecto, { mensaje, llave: llave ?? '' })) === 0) await tx.ejecutar(anotarRepetido, { mensaje })
  await entrega.acusar(tx)
}

export const contarEfectos = async ({ lector }: Almacen): Promise<number> => (await lector.una(contar, {}))?.total ?? 0

/** Qué se hizo, por llave y en su orden, y qué llegó otra vez después de hecho. */
export const efectosDe = async ({ lector }: Almacen) => {
  const filas = await lector.todas(leerEfectos, {})
  const porLlave = Map.groupBy(filas, ({ llave }) => llave)
  return {
    porLlave: new Map([...porLlave].map(([llave, suyos]) => [llave, suyos.map(({ mensaje }) => mensaje)])),
    repetidos: (await lector.todas(leerRepetidos, {})).map(({ mensaje }) => mensaje),
  }
}

export const carpetaDe = (t: TestContext): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'pulsar-'))
  t.after(() => rmSync(carpeta, { recursive: true, force: true }))
  return carpeta
}

export const abrir = async (
  carpeta: string,
  opciones: Pick<OpcionesPulsar, 'servicio'> & Partial<OpcionesPulsar>,
): Promise<Readonly<{ almacen: Almacen; broker: BrokerPulsar; cerrar: () => Promise<void> }>> => {
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesPulsar, migracionesDePrueba] })
  const broker = await abrirBrokerPulsar({ almacen, entorno: entornoReal, alFallar: () => {}, ...opciones }).catch(async (error) => {
    await almacen.cerrar()
    throw error
  })
  const cerrar = async (): Promise<void> => {
    await broker.cerrar()
    await almacen.cerrar()
  }
  return { almacen, broker, cerrar }
}

const PLAZO_MS = 60_000

/** Espera un hecho, con el plazo que un Pulsar necesita. */
export const hasta = (que: string, hecho: () => boolean | Promise<boolean>, plazoMs = PLAZO_MS): Promise<void> =>
  esperarHecho(que, hecho, plazoMs)

/** Pulsar confirmó todo lo publicado. */
export const salio = async ({ lector }: Almacen): Promise<boolean> =>
  (await lector.todas(mirarSalidas, {})).every(({ primera }) => primera === null)

export const leerTodo = async (broker: Pick<BrokerPulsar, 'leer'>, topico: string, cuantos: number): Promise<MensajeRecibido[]> => {
  const aborto = new AbortController()
  const leidos: MensajeRecibido[] = []
  for await (const mensaje of broker.leer({ topico, desde: 'primero', senal: aborto.signal })) {
    leidos.push(mensaje)
    if (leidos.length >= cuantos) aborto.abort()
  }
  return leidos
}

/** `00001`, que ordenan como números. */
export const nombreDe = (numero: number): string => String(numero).padStart(5, '0')
