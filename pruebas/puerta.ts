import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const RAIZ = join(import.meta.dirname, '..')

/** Lo que una puerta vio al correr. */
export type Visto = Readonly<{
  /** El de la tabla de puertas (`R1`, `S3`). */
  id: string
  /** Una palabra que la nombra. */
  nombre: string
  /** Cuántas veces probó lo que promete. Con ninguna no pasa. */
  corridas: number
  /** Lo contado, que va en su línea como `nombre=valor`. */
  cuentas: Readonly<Record<string, number | string>>
  /** Si lo que se rompió a propósito se vio mal (`rojo`), como debe. */
  control: 'rojo' | 'verde'
  /** Lo que no se cumplió, y lo que haya que decir para repetirlo. */
  faltas: readonly string[]
  /** La cuenta llana: una línea cada cosa. */
  detalle?: readonly string[]
}>

const FALTAS_A_LA_VISTA = 20

/** Si pasa: corrió, su control salió rojo y nada faltó. */
export const pasa = ({ corridas, control, faltas }: Visto): boolean => corridas > 0 && control === 'rojo' && faltas.length === 0

export const lineaDe = (visto: Visto): string => {
  const cuentas = Object.entries({ ...visto.cuentas, faltas: visto.faltas.length, control: visto.control })
  const contado = cuentas.map(([nombre, valor]) => `${nombre}=${valor}`).join(' ')
  return `PUERTA ${visto.id} ${visto.nombre} corridas=${visto.corridas} ${contado} ${pasa(visto) ? 'PASA' : 'NO PASA'}`
}

/** El commit que corre, y si hay cambios sin confirmar que no sean las propias evidencias. */
const confirmado = (): string => {
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: RAIZ, encoding: 'utf8' }).trim()
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', ':!evidencia') === '' ? '' : '+cambios'}`
}

/** Agrega lo visto a `evidencia/<id>.jsonl`: una línea con la fecha, el commit y el resultado. */
const guardar = (visto: Visto, carpeta: string): void => {
  mkdirSync(carpeta, { recursive: true })
  const { faltas, detalle: _, ...resto } = visto
  const linea = { fecha: new Date().toISOString(), commit: confirmado(), ...resto, faltas: faltas.length, pasa: pasa(visto) }
  appendFileSync(join(carpeta, `${visto.id}.jsonl`), `${JSON.stringify(linea)}\n`)
}

/** Imprime lo que faltó, la línea de la puerta y la cuenta llana; con EVIDENCIA, lo agrega a esa carpeta. El proceso termina en 1 si no pasa. */
export const anunciar = (visto: Visto): void => {
  for (const falta of visto.faltas.slice(0, FALTAS_A_LA_VISTA)) console.log(`✖ ${falta}`)
  console.log(lineaDe(visto))
  for (const linea of visto.detalle ?? []) console.log(`  ${linea}`)
  if (process.env.EVIDENCIA) guardar(visto, join(RAIZ, process.env.EVIDENCIA))
  if (!pasa(visto)) process.exitCode = 1
}
