import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as esperar } from 'node:timers/promises'
import { agregar, fallar } from '../../../pruebas/almacen/lugar.ts'
import { idsDe } from '../../../pruebas/almacen/tablas.ts'
import { type Consulta, Parametro } from '../consultas.ts'
import type { Junta, Prioridad, Tx } from '../puerto.ts'
import { codigos, conGrupo, type GrupoDePrueba } from './grupo_de_prueba.ts'

const tal = (sql: string): Consulta<object, unknown> => ({ sentencia: () => ({ sql, valores: [] }) })

/** Una hija sin padre no estorba hasta el COMMIT: es la manera de que falle de verdad. */
const conHijas = ({ conexion }: GrupoDePrueba): void =>
  conexion().db.exec('CREATE TABLE hijas (padre TEXT REFERENCES filas (id) DEFERRABLE INITIALLY DEFERRED)')
const agregarHuerfana = tal("INSERT INTO hijas VALUES ('nadie')")

test(
  'lo que juntan las unidades de un commit lo escribe una sentencia, en orden y sin lo de la que falló',
  conGrupo(async (g) => {
    const tanda: Junta = {
      consulta: { sentencia: () => ({ sql: 'INSERT INTO filas (id) VALUES (?)', valores: [new Parametro('lista')] }) },
      parametros: {},
    }
    const unidad = (id: string) => g.grupo.ejecutar(async (tx) => (id === 'falla' ? fallar(tx.juntar(tanda, id)) : tx.juntar(tanda, id)))
    await Promise.allSettled(['a', 'falla', 'b'].map(unidad))
    await unidad('c')
    assert.deepEqual(await idsDe(g.lector), ['["a","b"]', '["c"]'])
  }),
)

test(
  'si falla el COMMIT todo el grupo recibe resultado_desconocido, sin avisos, y el siguiente escribe por otra conexión',
  conGrupo(async (g) => {
    conHijas(g)
    const primera = g.conexion()
    const avisados: string[] = []
    const unidad = (id: string) => async (tx: Tx) => {
      tx.alConfirmar(() => avisados.push(id))
      await agregar(tx, id)
    }
    const unidades = [unidad('a'), (tx: Tx) => tx.ejecutar(agregarHuerfana, {}), fallar, unidad('b')]
    const suertes = await Promise.allSettled(unidades.map((u) => g.grupo.ejecutar<unknown>(u)))
    assert.deepEqual(codigos(suertes), Array(4).fill('resultado_desconocido'))
    assert.ok(suertes.every((s) => s.status === 'rejected' && s.reason.clase === 'no_disponible' && s.reason.reintentarEn > 0))
    assert.deepEqual([await idsDe(g.lector), avisados], [[], []])

    await g.grupo.ejecutar(unidad('c'))
    assert.notEqual(g.conexion(), primera)
    assert.equal(primera.db.isOpen, false)
    assert.deepEqual([await idsDe(g.lector), avisados], [['c'], ['c']])
  }),
)

test(
  'si una unidad se lleva la transacción entera, aunque se trague el error, a todo el grupo se le dice que nada quedó',
  conGrupo(async (g) => {
    const seLaLleva = async (tx: Tx) => {
      await tx.ejecutar(tal("INSERT OR ROLLBACK INTO filas (id) VALUES ('a')"), {}).catch(() => {})
      await agregar(tx, 'fuera de la transacción').catch(() => {})
    }
    const avisados: string[] = []
    const primera = async (tx: Tx) => {
      tx.alConfirmar(() => avisados.push('a'))
      await agregar(tx, 'a')
    }
    const suertes = await Promise.allSettled([primera, seLaLleva, fallar, (tx: Tx) => agregar(tx, 'b')].map((u) => g.grupo.ejecutar(u)))
    assert.deepEqual(codigos(suertes), Array(4).fill('almacen_con_fallas'))
    assert.deepEqual([await idsDe(g.lector), avisados], [[], []])
    await g.grupo.ejecutar((tx) => agregar(tx, 'c'))
    assert.deepEqual(await idsDe(g.lector), ['c'])
  }),
)

test(
  'en un grupo con fallas de toda clase cada quien recibe lo suyo',
  conGrupo(async ({ grupo, lector }) => {
    const unidades: ((tx: Tx) => Promise<unknown>)[] = [
      (tx) => agregar(tx, 'a'),
      (tx) => agregar(tx, 'a'),
      (tx) => agregar(tx, 'b').then(fallar),
      (tx) => agregar(tx, 'c').then(() => esperar(0)),
      (tx) => tx.savepoint((s) => agregar(s, 'd').then(fallar)).catch(() => agregar(tx, 'e')),
      (tx) => tx.ejecutar(tal('UPDATE no_existe SET x = 1'), {}),
      (tx) => agregar(tx, 'f'),
    ]
    assert.deepEqual(codigos(await Promise.allSettled(unidades.map((u) => grupo.ejecutar(u)))), [
      'ok',
      'UNIQUE constraint failed: filas.id',
      'falla a propósito',
      'espera_ajena',
      'ok',
      'no such table: no_existe',
      'ok',
    ])
    assert.deepEqual(await idsDe(lector), ['a', 'e', 'f'])
  }),
)

/** Lo que ve otra conexión: un número que cambia con cada commit, y sólo con ellos. */
const contarCommits = (archivo: string) => {
  const otra = new DatabaseSync(archivo, { readOnly: true })
  const version = otra.prepare('PRAGMA data_version')
  return { version: () => Number(version.get()?.data_version), cerrar: () => otra.close() }
}

test(
  'muchas unidades comparten un commit',
  conGrupo(async ({ grupo, archivo }) => {
    const commits = contarCommits(archivo)
    const vistas = new Set<number>()
    const unidad = async (tx: Tx) => {
      tx.alConfirmar(() => vistas.add(commits.version()))
      await agregar(tx, String(Math.random()))
    }
    await Promise.all(Array.from({ length: 300 }, () => grupo.ejecutar(unidad)))
    assert.equal(vistas.size, 3)
    for (let i = 0; i < 3; i++) await grupo.ejecutar(unidad)
    assert.equal(vistas.size, 6)
    commits.cerrar()
  }),
)

for (const [muchas, pocas] of [
  ['peticion', 'consumidor'],
  ['consumidor', 'peticion'],
] as const)
  test(
    `aunque haya mil de ${muchas} en espera, las de ${pocas} entran alternadas en el primer grupo`,
    conGrupo(async ({ grupo, archivo }) => {
      const commits = contarCommits(archivo)
      const confirmadas: { prioridad: Prioridad; commit: number }[] = []
      const encolar = (prioridad: Prioridad, cuantas: number) =>
        Array.from({ length: cuantas }, () =>
          grupo.ejecutar(async (tx) => tx.alConfirmar(() => confirmadas.push({ prioridad, commit: commits.version() })), prioridad),
        )
      await Promise.all([...encolar(muchas, 1_000), ...encolar(pocas, 20)])
      const ultima = confirmadas.findLastIndex(({ prioridad }) => prioridad === pocas)
      assert.ok(ultima < 40, `la última de ${pocas} fue la número ${ultima}`)
      assert.equal(confirmadas[ultima]?.commit, confirmadas[0]?.commit)
      assert.equal(confirmadas.length, 1_020)
      commits.cerrar()
    }),
  )

test(
  'dentro de su cola se atienden en el orden en que llegaron',
  conGrupo(async ({ grupo }) => {
    const orden: number[] = []
    const esperado = Array.from({ length: 400 }, (_, i) => i)
    await Promise.all(esperado.map((i) => grupo.ejecutar(async () => void orden.push(i))))
    assert.deepEqual(orden, esperado)
  }),
)

test(
  'con la cola llena se rechaza con almacen_saturado antes de escribir nada; la otra cola sigue, y después se vuelve a aceptar',
  conGrupo(async ({ grupo, lector }) => {
    let corridas = 0
    const unidad = (id: string) => async (tx: Tx) => {
      corridas++
      await agregar(tx, id)
    }
    const peticiones = Promise.allSettled(Array.from({ length: 5_000 }, (_, i) => grupo.ejecutar(unidad(`p${i}`))))
    const deConsumidor = grupo.ejecutar(unidad('c'), 'consumidor')
    await assert.rejects(grupo.ejecutar(unidad('otra')), { codigo: 'almacen_saturado', clase: 'no_disponible' })
    assert.equal(corridas, 0)

    const recibidos = codigos(await peticiones)
    const aceptadas = recibidos.flatMap((codigo, i) => (codigo === 'ok' ? [`p${i}`] : []))
    assert.deepEqual([...new Set(recibidos)], ['ok', 'almacen_saturado'])
    assert.equal(aceptadas.length, 4_096)
    await deConsumidor
    assert.deepEqual(await idsDe(lector), ['c', ...aceptadas].sort())
    await grupo.ejecutar(unidad('después'))
  }),
)
