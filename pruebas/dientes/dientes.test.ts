import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { copiar, RAIZ } from './copia.ts'
import { CARPETA, INOFENSIVO, leerDefecto, leerDefectos } from './defectos.ts'
import { elegir, juzgar, sana, turnoDe } from './juzgar.ts'
import { leerTap } from './prueba.ts'

const PUERTA = { archivo: 'x.test.ts', nombre: 'la que debe fallar' }

test('cada parche dice qué rompe y qué prueba lo ve, que existe, y sólo toca src/; sus números no se saltan ninguno', () => {
  const defectos = leerDefectos()
  assert.ok(defectos.length >= 40)
  for (const [i, { nombre, rompe, puerta }] of defectos.entries()) {
    assert.equal(Number(nombre.slice(0, 3)), i + 1, nombre)
    assert.match(rompe, /^.{20,}\.$/, nombre)
    assert.ok(existsSync(join(RAIZ, puerta.archivo)), nombre)
    const parche = readFileSync(join(CARPETA, `${nombre}.patch`), 'utf8')
    const tocados = [...parche.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, archivo = '']) => archivo)
    assert.ok(tocados.length > 0 && tocados.every((archivo) => /^src\/(?!.*\.test\.ts$)/.test(archivo)), nombre)
  }
})

test('a un parche que no dice lo suyo no se le cree', () => {
  const parche = '# Rompe algo.\n# Mal: pierde\n# Puerta: a.test.ts\n# Prueba: una: frase\n# Necesita: postgres\n--- a/src/x.ts\n'
  const puerta = { archivo: 'a.test.ts', nombre: 'una: frase', postgres: true }
  assert.deepEqual(leerDefecto('001_x', parche), { nombre: '001_x', rompe: 'Rompe algo.', mal: 'pierde', puerta })
  for (const campo of ['Mal', 'Puerta', 'Prueba'])
    assert.throws(() => leerDefecto('001_x', parche.replace(`# ${campo}:`, '# Otro:')), /001_x no dice/)
})

test('de un informe se sabe qué pruebas pasaron y cuáles no, a cualquier nivel; lo que se saltó no cuenta', () => {
  const informe = `TAP version 13
    ok 1 - dentro \\# con signo
    not ok 2 - otra
not ok 1 - grupo
ok 2 - no corrió # SKIP
`
  assert.deepEqual(leerTap(informe), { bien: ['dentro # con signo'], mal: ['otra', 'grupo'] })
})

test('atrapado es que falle esa prueba: no cuenta que falle otra, que no corra ninguna o que siga verde', () => {
  const { nombre } = PUERTA
  assert.equal(juzgar({ codigo: 1, bien: [], mal: [nombre] }, PUERTA), 'atrapado')
  for (const corrida of [
    { codigo: 0, bien: [nombre], mal: [] },
    { codigo: 1, bien: [], mal: ['otra'] },
    { codigo: 0, bien: [], mal: [] },
    { codigo: null, bien: [], mal: [] },
  ])
    assert.equal(typeof juzgar(corrida, PUERTA), 'object')
})

test('una puerta está sana si su prueba corrió y pasó', () => {
  const { nombre } = PUERTA
  assert.ok(sana({ codigo: 0, bien: [nombre], mal: [] }, PUERTA))
  assert.ok(!sana({ codigo: 0, bien: [], mal: [] }, PUERTA))
  assert.ok(!sana({ codigo: 1, bien: [nombre], mal: ['otra'] }, PUERTA))
})

test('los que tocan cada día siguen a los del anterior, y en pocos días tocan todos', () => {
  const todos = [1, 2, 3, 4, 5, 6, 7]
  assert.deepEqual(elegir(todos, { cuantos: 3, desde: 5 }), [6, 7, 1])
  assert.deepEqual(elegir(todos, { cuantos: 30, desde: 0 }), todos)
  const dias = [0, 1, 2].flatMap((dia) => elegir(todos, { cuantos: 3, desde: turnoDe(dia * 86_400_000, 3) }))
  assert.deepEqual(new Set(dias), new Set(todos))
})

test('en la copia corre el código de la copia: cada paquete nuestro es el suyo, y lo que se le aplica no llega aquí', () => {
  const copia = copiar()
  try {
    for (const nombre of readdirSync(join(RAIZ, 'src')))
      assert.equal(
        realpathSync(join(copia.carpeta, 'node_modules', nombre === 'aeroalpes' ? 'aeroalpes-api' : nombre)),
        join(copia.carpeta, 'src', nombre),
      )
    const leer = (raiz: string) => readFileSync(join(raiz, 'src/seedwork/infraestructura/inbox.ts'), 'utf8')
    const antes = leer(RAIZ)
    assert.equal(copia.aplicar(INOFENSIVO), undefined)
    assert.notEqual(leer(copia.carpeta), antes)
    assert.equal(leer(RAIZ), antes)
    assert.match(copia.aplicar(INOFENSIVO) ?? '', /patch failed|does not apply/)
    copia.deshacer(INOFENSIVO)
    assert.equal(leer(copia.carpeta), antes)
  } finally {
    copia.borrar()
  }
})
