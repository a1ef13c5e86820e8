import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const RAIZ = join(import.meta.dirname, '..')
const leer = (ruta: string): string => readFileSync(join(RAIZ, ruta), 'utf8')

/** De `desde` a `hasta`: B01, B02… */
const tramo = (desde: number, hasta: number): string[] =>
  Array.from({ length: hasta - desde + 1 }, (_, i) => `B${String(desde + i).padStart(2, '0')}`)

/** La numeración tiene huecos: B24, B35, B49 y B50 no existen. */
const ETIQUETAS = [...tramo(1, 15), ...tramo(16, 23), ...tramo(25, 34), ...tramo(36, 48), ...tramo(51, 64)]

type Fila = Readonly<{ etiqueta: string; pruebas: readonly string[]; motivo: string }>

/** `| B01 | … | … | lo que lo prueba |`, con nombres de pruebas entre comillas invertidas, o por qué no puede haber ninguna. */
const FILAS: readonly Fila[] = leer('docs/errores_del_tutorial.md')
  .split('\n')
  .filter((linea) => /^\| B\d\d \|/.test(linea))
  .map((linea) => {
    const [, etiqueta = '', , , prueba = ''] = linea.split(/(?<!\\)\|/).map((celda) => celda.trim())
    return { etiqueta, pruebas: [...prueba.matchAll(/`([^`]+)`/g)].map(([, nombre = '']) => nombre), motivo: prueba }
  })

/** Los nombres de las pruebas con etiqueta: las de los archivos de pruebas y las de los contratos que ellos corren. Lo que varía es `…`. */
const NOMBRES: ReadonlySet<string> = new Set(
  globSync(['{src,tests,herramientas}/**/*.{test,pulsar}.ts', 'src/seedwork/pruebas/**/*.ts'], {
    cwd: RAIZ,
    exclude: ['**/node_modules/**'],
  })
    .flatMap((ruta) => [...leer(ruta).matchAll(/\b(?:test|frase|prueba)\(\s*(['"`])((?:B\d\d )+(?:(?!\1).)+)\1/g)])
    .map(([, , nombre = '']) => nombre.replaceAll(/\$\{[^}]*\}/g, '…')),
)

const etiquetasDe = (nombre: string): readonly string[] => /^(?:B\d\d )+/.exec(nombre)?.[0].trim().split(' ') ?? []

test('la tabla tiene una fila por etiqueta, en orden', () =>
  assert.deepEqual(
    FILAS.map(({ etiqueta }) => etiqueta),
    ETIQUETAS,
  ))

for (const { etiqueta, pruebas, motivo } of FILAS)
  test(`la fila ${etiqueta} nombra pruebas que existen y empiezan por ella, o dice por qué no puede haberlas`, () => {
    if (pruebas.length === 0) return assert.match(motivo, /^No puede existir: .{20,}$/)
    for (const nombre of pruebas) {
      assert.ok(NOMBRES.has(nombre), `no hay una prueba «${nombre}»`)
      assert.ok(etiquetasDe(nombre).includes(etiqueta), nombre)
    }
  })

test('toda prueba con etiqueta es de un error de la tabla', () => {
  const desconocidas = [...NOMBRES].filter((nombre) => etiquetasDe(nombre).some((etiqueta) => !ETIQUETAS.includes(etiqueta)))
  assert.deepEqual(desconocidas, [])
})
