import type { Entorno } from '../puertos.ts'
import type { Variable } from '../variables.ts'
import type { Migraciones } from './migraciones.ts'
import type { Almacen } from './puerto.ts'

/** `sqlite`, en el archivo de la carpeta de datos, o la dirección de una base de PostgreSQL, que lleva su clave. */
export const baseDeDatos: Variable<string> = {
  defecto: 'sqlite',
  secreta: true,
  debeSer: 'sqlite, o una dirección como postgres://usuario:clave@servidor:5432/base',
  leer: (valor) => (valor === 'sqlite' || /^postgres(?:ql)?:$/.test(URL.parse(valor)?.protocol ?? '') ? valor : undefined),
}

export type DatosDeAlmacen = Readonly<{
  base: string
  carpeta: string
  migraciones: readonly Migraciones[]
  entorno: Pick<Entorno, 'reloj' | 'planificador' | 'azar'>
  alFallar?: (error: unknown) => void
}>

/** Abre el almacén que dice `base` y lo lleva a la última versión. Lo del que no se usa no se carga. */
export const abrirAlmacen = async ({ base, carpeta, ...datos }: DatosDeAlmacen): Promise<Almacen> => {
  if (base === 'sqlite') return (await import('./sqlite/almacen.ts')).abrirAlmacenSqlite({ carpeta, ...datos })
  return (await import('./postgres/almacen.ts')).abrirAlmacenPostgres({ direccion: base, ...datos })
}
