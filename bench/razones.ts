import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CON_META, type Resumenes } from './informe.ts'

const ARCHIVO = join(import.meta.dirname, 'razones.json')
/** Menos que esta parte de la guardada es una caída; menos que eso, la máquina. */
const PARTE = 0.75

type Razones = Readonly<Record<string, number>>

/** Las razones de `guardadas` que cayeron: ni la mejor de las rondas llega a tres cuartos de lo que fue su mediana. */
export const caidasDe = (guardadas: Razones, vistas: Resumenes): readonly string[] =>
  Object.entries(guardadas).flatMap(([nombre, antes]) => {
    const mejor = vistas[nombre]?.maximo
    if (mejor === undefined) return [`${nombre}: no se midió`]
    return mejor >= antes * PARTE ? [] : [`${nombre}: ${mejor.toFixed(2)} en la mejor ronda, y era ${antes.toFixed(2)}`]
  })

export const razonesCaidas = (vistas: Resumenes): readonly string[] =>
  caidasDe(JSON.parse(readFileSync(ARCHIVO, 'utf8')) as Razones, vistas)

/** Guarda las medianas de las razones que persiguen una meta. */
export const guardarRazones = (vistas: Resumenes): void => {
  const razones = CON_META.flatMap((nombre) => {
    const resumen = vistas[nombre]
    return resumen === undefined ? [] : [[nombre, Number(resumen.mediana.toFixed(2))] as const]
  })
  writeFileSync(ARCHIVO, `${JSON.stringify(Object.fromEntries(razones), null, 2)}\n`)
}
