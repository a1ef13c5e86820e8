import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { agregar } from '../../../pruebas/almacen/lugar.ts'
import { agregarFilaLlena, idsDe, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { entornoReal } from '../../entorno_real.ts'
import type { Consulta } from '../consultas.ts'
import type { Tx, UnidadDeTrabajo } from '../puerto.ts'
import { ARCHIVO, abrirAlmacenSqlite } from './almacen.ts'
import { codigos, conCarpeta, conGrupo, type GrupoDePrueba } from './grupo_de_prueba.ts'

const PESADA = new Uint8Array(3_000)

const pesada = (tx: Tx, id: string) => tx.ejecutar(agregarFilaLlena, { id, texto: null, bytes: PESADA })

/** Dos filas pesadas: una sola de las dos sería media unidad. */
const par = (id: string) => async (tx: Tx) => {
  await pesada(tx, `${id}/1`)
  await pesada(tx, `${id}/2`)
}

/** Escribe pares, primero de a cinco a la vez y luego solos, hasta que no cabe ni uno. Da los confirmados y los códigos de los demás. */
const llenar = async (uow: UnidadDeTrabajo, prefijo: string) => {
  const confirmados: string[] = []
  const fallas: string[] = []
  for (const cuantos of [5, 1]) {
    for (let cupo = true; cupo; ) {
      const ids = Array.from({ length: cuantos }, (_, i) => `${prefijo}${confirmados.length}-${i}`)
      const suertes = codigos(await Promise.allSettled(ids.map((id) => uow.ejecutar(par(id)))))
      cupo = suertes.includes('ok')
      confirmados.push(...ids.filter((_, i) => suertes[i] === 'ok'))
      fallas.push(...suertes.filter((codigo) => codigo !== 'ok'))
    }
  }
  return { confirmados, fallas }
}

const filasDe = (pares: readonly string[]): string[] => pares.flatMap((id) => [`${id}/1`, `${id}/2`]).sort()

/** Al archivo sólo le caben `paginas` más, también por las conexiones que se abran después. Para SQLite es el disco lleno (SQLITE_FULL). */
const conEspacioContado = (paginas: number, cuerpo: (g: GrupoDePrueba, liberar: () => void) => Promise<void>): (() => Promise<void>) => {
  let tope: number | undefined
  const limitar = ({ db }: { db: DatabaseSync }): void => {
    tope ??= Number(db.prepare('PRAGMA page_count').get()?.page_count) + paginas
    db.exec(`PRAGMA max_page_count = ${tope}`)
  }
  return conGrupo((g) => {
    const liberar = (): void => {
      tope = 2 ** 30
      if (g.conexion().db.isOpen) limitar(g.conexion())
    }
    return cuerpo(g, liberar)
  }, limitar)
}

test(
  'sin espacio cada unidad recibe disco_lleno, lo confirmado está entero y nada a medias, y con espacio se vuelve a escribir',
  conEspacioContado(64, async ({ grupo, lector }, liberar) => {
    const { confirmados, fallas } = await llenar(grupo, 'p')
    assert.ok(confirmados.length > 0)
    assert.deepEqual([...new Set(fallas)], ['disco_lleno'])
    await assert.rejects(grupo.ejecutar(par('otro')), { codigo: 'disco_lleno', clase: 'no_disponible', reintentarEn: 30 })
    assert.deepEqual(await idsDe(lector), filasDe(confirmados))

    liberar()
    await grupo.ejecutar(par('x'))
    assert.deepEqual(await idsDe(lector), filasDe([...confirmados, 'x']))
  }),
)

test(
  'una unidad que se traga el disco lleno y sigue no escribe fuera de la transacción, y a su grupo no se le confirma nada',
  conEspacioContado(0, async ({ grupo, lector }, liberar) => {
    const avisados: string[] = []
    const vistos: unknown[] = []
    const terca = async (tx: Tx) => {
      for (let i = 0; i < 20; i++) await pesada(tx, `t${i}`).catch((error) => vistos.push(error.codigo ?? error.errcode))
      await tx.savepoint((s) => agregar(s, 'savepoint')).catch((error) => vistos.push(error.codigo))
    }
    const vecina = async (tx: Tx) => tx.alConfirmar(() => avisados.push('vecina'))
    const suertes = await Promise.allSettled([vecina, terca, vecina].map((u) => grupo.ejecutar<unknown>(u)))
    assert.ok(vistos.includes(13) && vistos.at(-1) === 'tx_terminada')
    assert.ok(suertes.every((s) => s.status === 'rejected' && s.reason.clase === 'no_disponible'))
    assert.deepEqual([await idsDe(lector), avisados], [[], []])
    liberar()
    await grupo.ejecutar(par('x'))
    assert.deepEqual(await idsDe(lector), filasDe(['x']))
  }),
)

/** Varias filas en una sentencia: cuando no caben SQLite deshace sólo la sentencia, y la transacción sigue. */
const muchasFilas: Consulta<object, unknown> = {
  sentencia: () => ({
    sql: "WITH n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 50) INSERT INTO filas SELECT 'n' || i, NULL, zeroblob(3000) FROM n",
    valores: [],
  }),
}

test(
  'si el disco lleno sólo deshizo una sentencia, falla su unidad y las vecinas que caben confirman',
  conEspacioContado(0, async ({ grupo, lector }) => {
    const unidades = [(tx: Tx) => agregar(tx, 'a'), (tx: Tx) => tx.ejecutar(muchasFilas, {}), (tx: Tx) => agregar(tx, 'b')]
    assert.deepEqual(codigos(await Promise.allSettled(unidades.map((u) => grupo.ejecutar<unknown>(u)))), ['ok', 'disco_lleno', 'ok'])
    assert.deepEqual(await idsDe(lector), ['a', 'b'])
  }),
)

/** Un disco de 1 MiB montado en `carpeta/disco`, o por qué no se pudo. */
const montarDisco = (carpeta: string): { disco: string; desmontar: () => void } | { motivo: string } => {
  if (process.platform !== 'linux') return { motivo: `en ${process.platform} no hay tmpfs` }
  const disco = join(carpeta, 'disco')
  mkdirSync(disco)
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disco], { encoding: 'utf8' })
  if (status !== 0) return { motivo: error?.message ?? stderr.trim() }
  return { disco, desmontar: () => assert.equal(spawnSync('umount', ['-l', disco]).status, 0) }
}

const enDiscoLleno = async (disco: string): Promise<void> => {
  const lastre = join(disco, 'lastre')
  writeFileSync(lastre, new Uint8Array(300_000))
  const abrir = () => abrirAlmacenSqlite({ carpeta: disco, migraciones: [tablasDePrueba], entorno: entornoReal })
  const almacen = await abrir()
  const { confirmados, fallas } = await llenar(almacen, 'p')
  assert.ok(confirmados.length > 0)
  assert.deepEqual([...new Set(fallas)], ['disco_lleno'])
  await assert.rejects(almacen.comprobar(), { codigo: 'disco_lleno' })
  assert.deepEqual(await idsDe(almacen.lector), filasDe(confirmados))

  rmSync(lastre)
  await almacen.ejecutar(par('x'))
  const { confirmados: otros } = await llenar(almacen, 'q')
  const todos = filasDe([...confirmados, 'x', ...otros])
  assert.deepEqual(await idsDe(almacen.lector), todos)
  // Sin escribir se puede seguir: esta abre otra conexión, que al cerrar no tendrá dónde hacer su checkpoint.
  await almacen.ejecutar(async () => {})
  await almacen.cerrar()

  const db = new DatabaseSync(join(disco, ARCHIVO))
  assert.deepEqual(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {}), ['ok'])
  assert.equal(db.prepare('SELECT count(*) AS n FROM filas').get()?.n, todos.length)
  db.close()
}

test('lo mismo en un disco lleno de verdad, que también deja cerrar', (t: TestContext) =>
  conCarpeta(async (carpeta) => {
    const montado = montarDisco(carpeta)
    if ('motivo' in montado) return t.diagnostic(`Sin disco que llenar: ${montado.motivo}`)
    try {
      await enDiscoLleno(montado.disco)
    } finally {
      montado.desmontar()
    }
  }))
