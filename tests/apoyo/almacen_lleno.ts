import { join } from 'node:path'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirEscritora, type Conexion } from 'seedwork/infraestructura/almacen/sqlite/conexion.ts'
import { GrupoDeCommit } from 'seedwork/infraestructura/almacen/sqlite/grupo.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'

/**
 * El mismo almacén, escribiendo por una conexión a la que se le puede quitar el espacio: al archivo no le caben más que las páginas que
 * se digan, que para SQLite es el disco lleno (SQLITE_FULL).
 */
export const almacenConEspacio = (entorno: Entorno) => {
  let tope = 2 ** 30
  let conexion: Conexion | undefined
  const limitar = (): void => {
    if (conexion?.db.isOpen) conexion.db.exec(`PRAGMA max_page_count = ${tope}`)
  }
  const paginas = (): number => Number(conexion?.db.prepare('PRAGMA page_count').get()?.page_count)
  return {
    /** Deja lugar para tantas páginas más de las que ya hay. */
    dejarLugarPara: (mas: number): void => {
      tope = paginas() + mas
      limitar()
    },
    liberar: (): void => {
      tope = 2 ** 30
      limitar()
    },
    almacen: (almacen: Almacen, carpeta: string): Almacen => {
      const reabrir = (): Conexion => {
        conexion = abrirEscritora(join(carpeta, ARCHIVO))
        limitar()
        return conexion
      }
      const grupo = new GrupoDeCommit({ conexion: reabrir(), reabrir, entorno, alFallar: () => {} })
      return {
        ...almacen,
        ejecutar: (unidad, prioridad) => grupo.ejecutar(unidad, prioridad),
        cerrar: async () => {
          await grupo.terminar()
          grupo.cerrar()
        },
      }
    },
  }
}
