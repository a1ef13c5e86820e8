import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { type EntornoVirtual, entornoVirtual } from '../../../pruebas/entorno_virtual.ts'
import type { Lector } from '../puerto.ts'
import { ARCHIVO, abrirAlmacenSqlite } from './almacen.ts'
import { abrirEscritora, abrirLectora, type Conexion, comoLector } from './conexion.ts'
import { GrupoDeCommit } from './grupo.ts'

/** Un grupo sobre un archivo con las tablas de prueba, con su conexión a la vista. */
export type GrupoDePrueba = Readonly<{
  grupo: GrupoDeCommit
  lector: Lector
  archivo: string
  entorno: EntornoVirtual
  /** La conexión con que escribe ahora: cambia cada vez que el grupo la suelta y abre otra. */
  conexion: () => Conexion
}>

/** Da a `cuerpo` una carpeta vacía, y la borra al final. */
export const conCarpeta = async (cuerpo: (carpeta: string) => Promise<void>): Promise<void> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'almacen-'))
  try {
    await cuerpo(carpeta)
  } finally {
    rmSync(carpeta, { recursive: true })
  }
}

/** Una prueba con un grupo en una carpeta nueva. `alAbrir` recibe cada conexión que abre. */
export const conGrupo =
  (cuerpo: (g: GrupoDePrueba) => Promise<void>, alAbrir: (conexion: Conexion) => void = () => {}): (() => Promise<void>) =>
  () =>
    conCarpeta(async (carpeta) => {
      const entorno = entornoVirtual()
      await (await abrirAlmacenSqlite({ carpeta, migraciones: [tablasDePrueba], entorno })).cerrar()
      const archivo = join(carpeta, ARCHIVO)
      let conexion: Conexion
      const abrir = (): Conexion => {
        conexion = abrirEscritora(archivo)
        alAbrir(conexion)
        return conexion
      }
      const grupo = new GrupoDeCommit({ conexion: abrir(), reabrir: abrir, entorno, alFallar: (error) => console.error(error) })
      const lectora = abrirLectora(archivo)
      try {
        await cuerpo({ grupo, lector: comoLector(lectora), archivo, entorno, conexion: () => conexion })
      } finally {
        const terminado = grupo.terminar()
        // Si la prueba falló con otro escribiendo, que lo encolado llegue a su plazo.
        await entorno.avanzar(60_000)
        await terminado
        lectora.cerrar()
        grupo.cerrar()
      }
    })

/** Los códigos con que fallaron, en orden; `ok` la que no falló. */
export const codigos = (suertes: readonly PromiseSettledResult<unknown>[]): string[] =>
  suertes.map((suerte) => (suerte.status === 'fulfilled' ? 'ok' : (suerte.reason.codigo ?? suerte.reason.message)))
