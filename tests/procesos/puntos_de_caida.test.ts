import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { type Contexto, cargar, repetirDesconocidos } from './apoyo/carga.ts'
import { faltas, leerRestos } from './apoyo/leyes.ts'
import { drenado, faltasPorFuera, firmasDe } from './apoyo/por_fuera.ts'
import { type Banco, RAIZ, unBanco } from './apoyo/servidor.ts'

const HIJO = join(import.meta.dirname, 'hijo_armado.ts')
/** En qué pasada muere: la primera, a menudo todavía arrancando, y una con trabajo en curso. */
const VECES = [1, 7] as const
/** Después de tantos intentos por un punto que existe se pasó siete veces; si no, se le pide que se detenga, y es su última ocasión. */
const INTENTOS = 150

/** A éstos sólo llega una reserva hecha desde una oferta: tienen sus pruebas en tests/notificaciones y junto al gestor de proceso. */
const DE_OFERTAS = /^(?:correo|proceso)\./

/** Todo otro `puntoDeCaida('…')` que haya en el código, también el que se escriba mañana. */
const PUNTOS = [
  ...new Set(
    globSync('src/**/*.ts', { cwd: RAIZ, exclude: ['**/node_modules/**', '**/*.test.ts'] }).flatMap((ruta) =>
      [...readFileSync(join(RAIZ, ruta), 'utf8').matchAll(/\bpuntoDeCaida\(\s*['"`]([^'"`]+)/g)].map(([, nombre = '']) => nombre),
    ),
  ),
]
  .filter((nombre) => !DE_OFERTAS.test(nombre))
  .sort()

/** Una vida que termina sola en el punto; falla si se detuvo sin pasar por él. */
const vidaArmada = async (banco: Banco, contexto: Contexto, [punto, vez]: readonly [string, number]): Promise<void> => {
  const proceso = banco.lanzar({ args: [HIJO, punto, String(vez)] })
  const direcciones = await proceso.listo().catch(() => undefined)
  if (direcciones !== undefined) {
    await cargar(contexto, { ...direcciones, terminado: proceso.terminado }, INTENTOS)
    proceso.senal('SIGTERM')
  }
  const { codigo, senal } = await proceso.fin()
  assert.equal(senal, 'SIGKILL', `nunca se pasó ${vez} veces por ${punto}: terminó con ${codigo}\n${proceso.errores()}`)
}

/** Muere dos veces en el punto, con lo que dejó la primera todavía por hacer en la segunda, y vuelve sin armar. */
const comprobarPunto = async (banco: Banco, punto: string): Promise<void> => {
  // La clave, antes de que nadie arranque: algún punto se alcanza antes de que haya quien la cree.
  writeFileSync(join(banco.carpeta, 'clave-actor'), randomBytes(32).toString('base64url'))
  const firmas = firmasDe(banco.carpeta, 'ana')
  const contexto: Contexto = { diario: [], azar: mulberry32(7), firmas: firmas.viajeros }
  for (const vez of VECES) await vidaArmada(banco, contexto, [punto, vez])
  const servidor = await banco.arrancar()
  await repetirDesconocidos(contexto, servidor)
  await cargar(contexto, servidor, 20)
  await drenado(servidor.api)
  const restos = leerRestos(banco.carpeta)
  const { diario } = contexto
  assert.deepEqual(faltas(restos, diario).slice(0, 20), [])
  assert.deepEqual(await faltasPorFuera(servidor.api, { restos, diario, firmas }), [])
  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null })
}

test('muerto en cada punto de caída y vuelto a arrancar, lo aceptado está y cada cosa ocurrió una vez', { concurrency: 2 }, async (t) => {
  assert.ok(PUNTOS.length > 0)
  // La primera vez se compila todo; las demás lo encuentran hecho, si ésta termina en orden.
  const servidor = await unBanco(t).arrancar()
  servidor.senal('SIGTERM')
  await servidor.fin()
  await Promise.all(PUNTOS.map((punto) => t.test(punto, (parte) => comprobarPunto(unBanco(parte), punto))))
})
