import type { Archivo } from '../archivos.ts'

const LLAMADA = /\bpuntoDeCaida\('([^']+)'\)/g

const TEXTO = `# Puntos de caída

A los dos lados de cada paso durable hay una llamada a \`puntoDeCaida\`. En marcha no hace nada; una prueba la arma para matar el proceso
justo ahí, lo arranca de nuevo y exige que nada confirmado falte y nada sin confirmar aparezca.

Esta lista se genera de las llamadas que hay en \`src/\` (\`npm run check -- --escribir\`).

| punto | archivo |
|---|---|
`

/** Los nombres de todos los puntos de caída y dónde están, en orden alfabético. */
export const puntosDeCaida = (archivos: readonly Archivo[]): readonly (readonly [punto: string, ruta: string])[] =>
  archivos
    .filter(({ ruta }) => ruta.startsWith('src/') && ruta.endsWith('.ts') && !ruta.endsWith('.test.ts'))
    .flatMap(({ ruta, texto }) => [...texto.matchAll(LLAMADA)].map(([, punto = '']) => [punto, ruta] as const))
    .sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1))

/** El texto de `docs/puntos_de_caida.md`. */
export const paginaDePuntosDeCaida = (archivos: readonly Archivo[]): string =>
  TEXTO +
  puntosDeCaida(archivos)
    .map(([punto, ruta]) => `| \`${punto}\` | [${ruta}](../${ruta}) |\n`)
    .join('')
