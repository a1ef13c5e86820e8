import { closeSync, fdatasyncSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { conCliente } from 'seedwork/pruebas/postgres.ts'
import type { Trama as TramaVista } from '../../tests/apoyo/ui.ts'
import type { Intento } from '../../tests/procesos/apoyo/carga.ts'
import { leerFilas, leerLog, TABLAS } from '../../tests/procesos/apoyo/leyes.ts'
import { ARCHIVOS, type Fila, type Trama, type Visto } from '../comprobador/historia.ts'

/** Un archivo al que sólo se agrega, y que está en el disco cuando la función vuelve. */
const agregarA = (ruta: string) => {
  const archivo = openSync(ruta, 'a')
  return {
    agregar: (cosa: object): void => {
      writeSync(archivo, `${JSON.stringify(cosa)}\n`)
      fdatasyncSync(archivo)
    },
    cerrar: () => closeSync(archivo),
  }
}

/** Quienes escriben en `carpeta` lo que ven, cada uno en su archivo, para que el comprobador lo juzgue. */
export const abrirTestigos = (carpeta: string) => {
  mkdirSync(carpeta, { recursive: true })
  const abiertos: ReturnType<typeof agregarA>[] = []
  const abierto = (archivo: string) => {
    const nuevo = agregarA(join(carpeta, archivo))
    abiertos.push(nuevo)
    return nuevo
  }
  const [diario, buzon, vistos] = [abierto(ARCHIVOS.diario), abierto(ARCHIVOS.buzon), abierto(ARCHIVOS.vistos)]
  let paginas = 0
  return {
    carpeta,
    intento: (intento: Intento): void => diario.agregar(intento),
    correo: (evento: string): void => buzon.agregar({ evento }),
    visto: (visto: Visto): void => vistos.agregar(visto),
    /** El de otra página más, de esa sesión. */
    pagina: (sesion: string) => {
      const archivo = abierto(`pagina-${++paginas}.jsonl`)
      archivo.agregar({ sesion } satisfies Trama)
      return (trama: TramaVista): void => archivo.agregar(deTrama(trama))
    },
    cerrar: () => {
      for (const uno of abiertos) uno.cerrar()
    },
  }
}

export type Testigos = ReturnType<typeof abrirTestigos>

const deTrama = ({ control, recuperado, evento, data, operacion }: TramaVista): Trama => ({
  ...(control !== undefined && { control }),
  ...(recuperado !== undefined && { recuperado }),
  ...(operacion !== undefined && { operacion: operacion.id_operacion, estado: operacion.estado }),
  ...(operacion === undefined && evento !== undefined && data !== undefined && { evento, reserva: data.id_reserva }),
})

const CORREOS = 'SELECT id_evento, estado FROM correos'

/** Dónde quedó todo. `base`: la de PostgreSQL, si no es el archivo de la carpeta. */
export type Donde = Readonly<{ datos: string; base?: string | undefined }>

/** Copia los tópicos y las tablas, tal como quedaron, a la carpeta de los testigos. */
export const volcar = async (carpeta: string, { datos, base }: Donde): Promise<void> => {
  const log = leerLog(base === undefined ? datos : join(datos, 'broker'))
  const tablas = base === undefined ? leerFilas(datos, TABLAS) : await deLaBase(base, TABLAS)
  const filas = Object.entries<readonly Fila[]>({ ...tablas, ...leerFilas(join(datos, 'notificaciones'), { correos: CORREOS }) })
  const enLineas = (cosas: readonly object[]): string => cosas.map((cosa) => `${JSON.stringify(cosa)}\n`).join('')
  writeFileSync(join(carpeta, ARCHIVOS.topicos), enLineas(log))
  writeFileSync(join(carpeta, ARCHIVOS.base), enLineas(filas.flatMap(([tabla, suyas]) => suyas.map((fila) => ({ tabla, fila })))))
}

/** Las filas de esas tablas; PostgreSQL da los enteros grandes como texto. */
export const deLaBase = <T extends string>(
  base: string,
  tablas: Readonly<Record<T, string>>,
): Promise<Partial<Record<T, readonly Fila[]>>> =>
  conCliente(base, async (cliente) => {
    const leidas: Partial<Record<T, readonly Fila[]>> = {}
    for (const [tabla, sql] of Object.entries<string>(tablas) as [T, string][])
      leidas[tabla] = (await cliente.query<Fila>(sql)).rows.map((fila) => ({
        ...fila,
        ...(fila.version != null && { version: Number(fila.version) }),
      }))
    return leidas
  })
