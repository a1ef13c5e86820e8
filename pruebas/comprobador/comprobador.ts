// node pruebas/comprobador/comprobador.ts <carpeta> [--json]: dice qué leyes rompe lo que los testigos dejaron escrito en una carpeta. No usa nada
// del producto, ni de sus pruebas: sólo lee los archivos que nombra historia.ts. Termina en 1 si hay alguna falta.
import { parseArgs } from 'node:util'
import { type Falta, type Historia, historiaDe, leerArchivos } from './historia.ts'
import { leyesDeAdentro } from './leyes.ts'
import { leyesDeAfuera } from './testigos.ts'

/** Las faltas de una historia. Ninguna si todo lo que se vio es una sola historia coherente. */
export const juzgar = (historia: Historia): readonly Falta[] => [...leyesDeAdentro(historia), ...leyesDeAfuera(historia)]

const CLASES = { perdido: 'perdidos', duplicado: 'duplicados', desorden: 'desorden', inexplicado: 'inexplicados' } as const

/** Cuántas faltas hay de cada clase. */
export const contar = (faltas: readonly Falta[]): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(CLASES).map(([clase, nombre]) => [nombre, faltas.filter((una) => una.clase === clase).length]))

const principal = (): void => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } })
  const [carpeta, ...sobran] = positionals
  if (carpeta === undefined || sobran.length > 0) {
    console.error('Uso: node pruebas/comprobador/comprobador.ts <carpeta> [--json]')
    process.exitCode = 2
    return
  }
  const historia = historiaDe(leerArchivos(carpeta))
  const faltas = juzgar(historia)
  const cuentas = { intentos: historia.diario.length, mensajes: historia.log.length, ...contar(faltas) }
  if (values.json) console.log(JSON.stringify({ cuentas, faltas }))
  else {
    for (const { ley, clase, que } of faltas) console.log(`${ley} ${clase}: ${que}`)
    console.log(
      Object.entries(cuentas)
        .map(([nombre, valor]) => `${nombre}=${valor}`)
        .join(' '),
    )
  }
  if (faltas.length > 0) process.exitCode = 1
}

if (import.meta.main) principal()
