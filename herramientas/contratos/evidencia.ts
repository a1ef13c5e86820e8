import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PUERTAS } from '../../pruebas/puertas.ts'

type Idioma = 'es' | 'en'

/** Una línea de `evidencia/<id>.jsonl`. */
type Corrida = Readonly<{ fecha: string; commit: string; corridas: number; pasa: boolean }>

const ENCABEZADO: Readonly<Record<Idioma, string>> = {
  es: '| puerta | promete | veces | última corrida |',
  en: '| gate | promises | times | last run |',
}
const NUMEROS: Readonly<Record<Idioma, string>> = { es: 'es-CO', en: 'en-US' }
const SIN_CORRER: Readonly<Record<Idioma, string>> = { es: 'sin evidencia', en: 'no evidence' }

const ultima = (raiz: string, id: string): Corrida | undefined => {
  const archivo = join(raiz, 'evidencia', `${id}.jsonl`)
  if (!existsSync(archivo)) return undefined
  return JSON.parse(readFileSync(archivo, 'utf8').trimEnd().split('\n').at(-1) ?? '') as Corrida
}

const cuando = (corrida: Corrida | undefined, idioma: Idioma): readonly [veces: string, resultado: string] => {
  if (corrida === undefined) return ['0', SIN_CORRER[idioma]]
  const { corridas, pasa, fecha, commit } = corrida
  return [corridas.toLocaleString(NUMEROS[idioma], { useGrouping: 'always' }), `${pasa ? '✔' : '✖'} ${fecha.slice(0, 10)}, ${commit}`]
}

/** La tabla de las puertas, con lo que se vio la última vez que se guardó de cada una. */
export const tablaDeEvidencia = (raiz: string, idioma: Idioma): string => {
  const filas = PUERTAS.map(({ id, promete }) => `| ${id} | ${promete[idioma]} | ${cuando(ultima(raiz, id), idioma).join(' | ')} |`)
  return [ENCABEZADO[idioma], '|---|---|--:|---|', ...filas].join('\n')
}
