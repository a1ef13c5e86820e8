import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as dormir } from 'node:timers/promises'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import * as tablas from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import { conCorrelacion } from 'seedwork/infraestructura/consumo/correlacion.ts'
import { unaVez } from 'seedwork/infraestructura/consumo/idempotencia.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrirAlmacen } from '../../bench/composicion.ts'
import { NOMBRE, TOPICO } from './siembra.ts'

const PERMISOS = 128
const PAGINA = 500
const PAUSA_MS = 5

type Almacen = Awaited<ReturnType<typeof abrirAlmacen>>

const pesoDelWal = (carpeta: string): number => statSync(join(carpeta, `${ARCHIVO}-wal`), { throwIfNoEntry: false })?.size ?? 0

/** Publica `porSegundo` hasta que la señal lo detenga; devuelve cuántos publicó. */
const publicar = async (
  almacen: Almacen,
  broker: Awaited<ReturnType<typeof abrirBrokerEmbebido>>,
  porSegundo: number,
  senal: AbortSignal,
) => {
  const inicio = performance.now()
  let publicados = 0
  while (!senal.aborted) {
    const debidos = Math.floor(((performance.now() - inicio) * porSegundo) / 1_000) - publicados
    const nuevos = Array.from({ length: debidos }, (_, i) => ({
      topico: TOPICO,
      id: `nuevo-${publicados + i}`,
      llave: `k${i % 5_000}`,
      datos: new Uint8Array(300),
      propiedades: { type: 'ReservaCreada', specversion: '1.0' },
    }))
    if (debidos > 0) await almacen.ejecutar((tx) => broker.publicar(tx, nuevos))
    publicados += debidos
    await dormir(PAUSA_MS)
  }
  return publicados
}

export type Drenado = Readonly<{ arranqueMs: number; consumidos: number; segundos: number; llegaron: number; walMaximo: number }>

/** El consumidor vuelve: abre, y drena mientras siguen llegando, hasta ponerse al día o hasta `limiteMs`. `lento`: cada efecto se demora. */
export const drenar = async (
  carpeta: string,
  { llegadas, limiteMs, lentoMs = 0 }: Readonly<{ llegadas: number; limiteMs: number; lentoMs?: number }>,
): Promise<Drenado> => {
  const empieza = performance.now()
  const almacen = await abrirAlmacen(carpeta)
  const broker = await abrirBrokerEmbebido({
    almacen,
    entorno: entornoReal,
    conservarMs: Number.POSITIVE_INFINITY,
    alFallar: console.error,
  })
  const primero = Promise.withResolvers<number>()
  let consumidos = 0
  const paso = unaVez({ uow: almacen, reloj: entornoReal.reloj, consumidor: NOMBRE }, async () => {
    primero.resolve(performance.now() - empieza)
    consumidos += 1
  })
  const hacer = conCorrelacion(paso)
  const manejar: typeof hacer = async (entrega) => {
    if (lentoMs > 0) await dormir(lentoMs)
    await hacer(entrega)
  }
  await broker.suscribir({ topico: TOPICO, nombre: NOMBRE, tipo: 'Key_Shared', inicio: 'primero', permisos: PERMISOS, manejar })
  const arranqueMs = await primero.promise
  const inicio = performance.now()
  const fin = new AbortController()
  const llegando = publicar(almacen, broker, llegadas, fin.signal)
  let walMaximo = 0
  while (performance.now() - inicio < limiteMs && broker.atrasos().some(({ pendientes }) => pendientes > PERMISOS)) {
    walMaximo = Math.max(walMaximo, pesoDelWal(carpeta))
    await dormir(20)
  }
  const visto = { arranqueMs, consumidos, segundos: (performance.now() - inicio) / 1_000, walMaximo }
  fin.abort()
  const llegaron = await llegando
  await broker.cerrar()
  await almacen.cerrar()
  return { ...visto, llegaron }
}

/** Lo que tardan (ms) páginas del log leídas como las lee una suscripción, en una carpeta y otra por turnos. */
export const leerPaginas = async (
  carpetas: readonly string[],
  { desde, cuantas }: Readonly<{ desde: readonly number[]; cuantas: number }>,
) => {
  const almacenes = await Promise.all(carpetas.map((carpeta) => abrirAlmacen(carpeta)))
  const tiempos: number[][] = carpetas.map(() => [])
  for (let i = 0; i < cuantas; i++)
    for (const [cual, almacen] of almacenes.entries()) {
      const inicio = performance.now()
      await almacen.lector.todas(tablas.leerPagina, { topico: TOPICO, desde: (desde[cual] as number) + ((i * 17) % 9_000), maximo: PAGINA })
      tiempos[cual]?.push(performance.now() - inicio)
    }
  for (const almacen of almacenes) await almacen.cerrar()
  return tiempos
}
