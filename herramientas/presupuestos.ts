import ts from 'typescript'
import type { Archivo } from './archivos.ts'

const LINEAS_MAXIMAS = 300
const PRUEBA = /\.test\.tsx?$|^(?:tests|pruebas)\/|\/pruebas\//

type Funcion = Readonly<{ lugar: string; lineas: number }>

/** Lo que se imprime y lo que hace fallar (`faltas`). */
export type Presupuestos = Readonly<{ informe: readonly string[]; faltas: readonly string[] }>

const contarLineas = (texto: string): number => texto.split('\n').length - (texto.endsWith('\n') ? 1 : 0)

/** El valor bajo el que queda la fracción `q` de los números (0 si no hay ninguno). */
export const cuantil = (numeros: readonly number[], q: number): number =>
  numeros.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(numeros.length * q) - 1)] ?? 0

const resumen = (numeros: readonly number[]): string =>
  `mediana ${cuantil(numeros, 0.5)} · p90 ${cuantil(numeros, 0.9)} · máximo ${cuantil(numeros, 1)}`

/** Cuenta la que tiene nombre propio: declarada, método, o valor de una constante o propiedad. Una flecha suelta es parte de la suya. */
const tieneNombre = (nodo: ts.Node): boolean =>
  ts.isFunctionDeclaration(nodo) ||
  ts.isMethodDeclaration(nodo) ||
  ts.isConstructorDeclaration(nodo) ||
  ts.isAccessor(nodo) ||
  ((ts.isArrowFunction(nodo) || ts.isFunctionExpression(nodo)) &&
    (ts.isVariableDeclaration(nodo.parent) || ts.isPropertyAssignment(nodo.parent) || ts.isPropertyDeclaration(nodo.parent)))

const recorrer = (nodo: ts.Node, visitar: (nodo: ts.Node) => void): void => {
  visitar(nodo)
  ts.forEachChild(nodo, (hijo) => recorrer(hijo, visitar))
}

const medir = ({ ruta, texto }: Archivo): Readonly<{ funciones: readonly Funcion[]; anys: readonly string[] }> => {
  const arbol = ts.createSourceFile(ruta, texto, ts.ScriptTarget.Latest, true)
  const linea = (posicion: number): number => arbol.getLineAndCharacterOfPosition(posicion).line + 1
  const funciones: Funcion[] = []
  const anys: string[] = []
  recorrer(arbol, (nodo) => {
    const inicio = linea(nodo.getStart(arbol))
    if (nodo.kind === ts.SyntaxKind.AnyKeyword) anys.push(`${ruta}:${inicio} usa any`)
    if (tieneNombre(nodo)) funciones.push({ lugar: `${ruta}:${inicio}`, lineas: linea(nodo.end) - inicio + 1 })
  })
  return { funciones, anys }
}

/** Mide los archivos TypeScript contra los presupuestos de estilo. Sólo un `any` o un archivo de más de 300 líneas que no sea prueba fallan. */
export const presupuestos = (archivos: readonly Archivo[]): Presupuestos => {
  const todos = archivos.filter(({ ruta }) => /\.tsx?$/.test(ruta))
  const codigo = todos.filter(({ ruta }) => !PRUEBA.test(ruta))
  const lineas = codigo.map(({ texto }) => contarLineas(texto))
  const lineasDePrueba = todos.filter(({ ruta }) => PRUEBA.test(ruta)).map(({ texto }) => contarLineas(texto))
  const funciones = codigo.flatMap((archivo) => medir(archivo).funciones)
  const larga = funciones.reduce<Funcion | undefined>((a, b) => (a === undefined || b.lineas > a.lineas ? b : a), undefined)
  const anys = todos.flatMap((archivo) => medir(archivo).anys)
  const suma = (numeros: readonly number[]): number => numeros.reduce((a, b) => a + b, 0)
  return {
    informe: [
      `líneas por archivo: ${resumen(lineas)} (${codigo.length} archivos; meta: 25–70, ≤ 150, ≤ ${LINEAS_MAXIMAS})`,
      `líneas por función con nombre: ${resumen(funciones.map((f) => f.lineas))} (${funciones.length} funciones; meta: ≤ 10, ≤ 25; la mayor en ${larga?.lugar ?? '—'})`,
      `líneas de prueba / de código: ${suma(lineasDePrueba)} / ${suma(lineas)} (meta: ≥ 1)`,
      `any: ${anys.length} (meta: 0)`,
    ],
    faltas: [
      ...anys,
      ...codigo.filter((_, i) => (lineas[i] ?? 0) > LINEAS_MAXIMAS).map(({ ruta, texto }) => `${ruta} tiene ${contarLineas(texto)} líneas`),
    ],
  }
}
