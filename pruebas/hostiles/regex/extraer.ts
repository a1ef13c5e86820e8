import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Una expresión regular, y dónde está la primera vez que aparece. */
export type Expresion = Readonly<{ fuente: string; banderas: string; donde: string; deQuien: 'propia' | 'dependencia' }>

const RAIZ = join(import.meta.dirname, '../../..')

const deLiteral = (texto: string): readonly [string, string] => {
  const fin = texto.lastIndexOf('/')
  return [texto.slice(1, fin), texto.slice(fin + 1)]
}

const esRegExp = (nodo: ts.Node): nodo is ts.NewExpression | ts.CallExpression =>
  (ts.isNewExpression(nodo) || ts.isCallExpression(nodo)) && ts.isIdentifier(nodo.expression) && nodo.expression.text === 'RegExp'

const textoDe = (nodo: ts.Node | undefined): string | undefined =>
  nodo !== undefined && ts.isStringLiteralLike(nodo) ? nodo.text : undefined

/** La que ese nodo dice: `/…/`, `RegExp('…')` o el `pattern` de un esquema. */
const enNodo = (nodo: ts.Node): readonly [string, string] | undefined => {
  if (ts.isRegularExpressionLiteral(nodo)) return deLiteral(nodo.text)
  if (esRegExp(nodo)) {
    const fuente = textoDe(nodo.arguments?.[0])
    return fuente === undefined ? undefined : [fuente, textoDe(nodo.arguments?.[1]) ?? '']
  }
  const nombre = ts.isPropertyAssignment(nodo) && ts.isIdentifier(nodo.name) ? nodo.name.text : ''
  const patron = nombre === 'pattern' && ts.isPropertyAssignment(nodo) ? textoDe(nodo.initializer) : undefined
  return patron === undefined ? undefined : [patron, 'u']
}

const compila = (fuente: string, banderas: string): boolean => {
  try {
    new RegExp(fuente, banderas)
    return true
  } catch {
    return false
  }
}

/** Las de un archivo de TypeScript o JavaScript. */
export const enArchivo = (archivo: string, deQuien: Expresion['deQuien']): readonly Expresion[] => {
  const arbol = ts.createSourceFile(archivo, readFileSync(join(RAIZ, archivo), 'utf8'), ts.ScriptTarget.Latest, false)
  const halladas: Expresion[] = []
  const recorrer = (nodo: ts.Node): void => {
    const [fuente, banderas] = enNodo(nodo) ?? []
    if (fuente !== undefined && banderas !== undefined && compila(fuente, banderas)) {
      const linea = arbol.getLineAndCharacterOfPosition(nodo.pos).line + 1
      halladas.push({ fuente, banderas, donde: `${archivo}:${linea}`, deQuien })
    }
    ts.forEachChild(nodo, recorrer)
  }
  recorrer(arbol)
  return halladas
}

const patronesDe = (valor: unknown): readonly string[] => {
  if (typeof valor !== 'object' || valor === null) return []
  return Object.entries(valor).flatMap(([clave, interior]) =>
    clave === 'pattern' && typeof interior === 'string' ? [interior] : patronesDe(interior),
  )
}

/** Los `pattern` del documento que ven los clientes: los que Ajv aplica a lo que mandan. */
const delDocumento = (): readonly Expresion[] =>
  patronesDe(JSON.parse(readFileSync(join(RAIZ, 'contratos/openapi.json'), 'utf8'))).map((fuente) => ({
    ...{ fuente, banderas: 'u', donde: 'contratos/openapi.json', deQuien: 'propia' as const },
  }))

type Candado = Readonly<{
  packages: Readonly<Record<string, Readonly<{ dev?: boolean; devOptional?: boolean; optional?: boolean; link?: boolean }>>>
}>

/** Los paquetes que instala `npm start`. */
const paquetesDeEjecucion = (): readonly string[] => {
  const { packages } = JSON.parse(readFileSync(join(RAIZ, 'package-lock.json'), 'utf8')) as Candado
  return Object.entries(packages).flatMap(([ruta, { dev, devOptional, optional, link }]) =>
    ruta.startsWith('node_modules/') && !dev && !devOptional && !optional && !link ? [ruta] : [],
  )
}

/** Lo que un paquete trae y este proceso no corre: sus pruebas, sus ejemplos, lo que es para un navegador y lo mismo en una línea. */
const NO_CORRE =
  /(?:^|\/)(?:tests?|__tests__|examples?|benchmarks?|bench|docs?|scripts|static|umd|browser|types)\/|\.min\.[cm]?js$|\.test\.[cm]?js$|\.d\.[cm]?ts$/

const sinRepetir = (todas: readonly Expresion[]): readonly Expresion[] => [
  ...new Map(todas.toReversed().map((una) => [`/${una.fuente}/${una.banderas}`, una])).values(),
]

/** Todas las propias (las de lo que corre, con los patrones de sus esquemas) y las de las dependencias de ejecución, sin repetir. */
export const todas = (): readonly Expresion[] => {
  const propios = globSync('src/**/*.{ts,tsx}', { cwd: RAIZ }).filter((uno) => !uno.includes('node_modules') && !uno.endsWith('.test.ts'))
  const ajenos = paquetesDeEjecucion().flatMap((ruta) =>
    globSync(`${ruta}/**/*.{js,cjs,mjs}`, { cwd: RAIZ })
      .filter((uno) => !uno.slice(ruta.length).includes('/node_modules/'))
      .filter((uno) => !NO_CORRE.test(uno.slice(ruta.length + 1))),
  )
  return sinRepetir([
    ...propios.flatMap((uno) => enArchivo(uno, 'propia')),
    ...delDocumento(),
    ...ajenos.flatMap((uno) => enArchivo(uno, 'dependencia')),
  ])
}
