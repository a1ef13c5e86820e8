import type { Archivo } from './archivos.ts'

type ReglaDeCasa = Readonly<{ nombre: string; donde: RegExp; prohibido: RegExp }>

const CODIGO = /\.(?:ts|tsx|mjs|cjs|js)$/

/** Reglas que ni el compilador ni el linter saben comprobar. Cada una se lee: en estos archivos, ninguna línea dice esto. */
const REGLAS: readonly ReglaDeCasa[] = [
  { nombre: 'ruta de una máquina', donde: /./, prohibido: /(?<![\w.)-])\/(?:work|root|home\/(?!node\/)\w+|Users\/\w+)\// },
  { nombre: 'dirección de un registro', donde: /(?:^|\/)package-lock\.json$/, prohibido: /"resolved": "https?:/ },
  { nombre: 'marca de una fusión a medias', donde: /./, prohibido: /^(?:<{7}|={7}|>{7})(?: |$)/ },
  { nombre: 'tarea pendiente', donde: /./, prohibido: /\b(?:TO[D]O|FIX[M]E)\b/ },
  { nombre: 'prueba omitida o única', donde: CODIGO, prohibido: /\.(?:only|skip|todo)\(|\{\s*(?:only|skip|todo)\s*[:,}]/ },
  {
    nombre: 'reloj, azar o espera que no llega como parámetro',
    donde: /\/(?:dominio|aplicacion|broker|outbox)\/(?:(?!\.test\.|_de_prueba|_hijo).)*\.ts$/,
    prohibido: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\brandomUUID\b|\bset(?:Timeout|Interval|Immediate)\(/,
  },
]

/** Las líneas que rompen alguna regla de la casa, como `archivo:línea regla: texto`. */
export const faltasDeCasa = (archivos: readonly Archivo[]): readonly string[] =>
  archivos.flatMap(({ ruta, texto }) => {
    const reglas = REGLAS.filter(({ donde }) => donde.test(ruta))
    return texto
      .split('\n')
      .flatMap((linea, i) =>
        reglas
          .filter(({ prohibido }) => prohibido.test(linea))
          .map(({ nombre }) => `${ruta}:${i + 1} ${nombre}: ${linea.trim().slice(0, 100)}`),
      )
  })
