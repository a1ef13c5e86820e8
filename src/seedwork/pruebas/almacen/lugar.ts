import type { Migraciones } from '../../infraestructura/almacen/migraciones.ts'
import type { Almacen, Tx } from '../../infraestructura/almacen/puerto.ts'
import { agregarFila } from './tablas.ts'

/** Donde vive un almacén (una carpeta, una base de datos). `abrir` otra vez, cerrado el anterior, abre el mismo. */
export type Lugar = Readonly<{
  abrir: (opciones: Readonly<{ migraciones: readonly Migraciones[]; alFallar: (error: unknown) => void }>) => Promise<Almacen>
  borrar: () => Promise<void>
}>

/** Lo que recibe cada prueba: un almacén recién creado con las tablas de prueba, dónde está y lo que sus avisos lanzaron. */
export type Probado = Readonly<{ almacen: Almacen; lugar: Lugar; fallas: readonly unknown[] }>

/** Anota una frase del contrato con su prueba. */
export type Frase = (frase: string, cuerpo: (probado: Probado) => Promise<void>) => void

/** Escribe una fila por identificador. */
export const agregar = async (tx: Tx, ...ids: readonly string[]): Promise<void> => {
  for (const id of ids) await tx.ejecutar(agregarFila, { id })
}

/** Lanza `AL_FALLAR`. Lo que se le pase ya se hizo. */
export const fallar = (_?: unknown): never => {
  throw new Error(AL_FALLAR.message)
}
export const AL_FALLAR = { message: 'falla a propósito' } as const
