// Las trampas de una base como cola (la salida hacia Pulsar, en PostgreSQL): nada se pierde, nada se adelanta en su llave.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { hasta } from '../../../pruebas/hasta.ts'
import { nuevaBase } from '../../../pruebas/postgres.ts'
import { consultas } from '../../almacen/consultas.ts'
import { abrirAlmacenPostgres } from '../../almacen/postgres/almacen.ts'
import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { entornoReal } from '../../entorno_real.ts'
import { conocerTopico, dejarPorNumerar, numerar } from './por_numerar.ts'
import { migracionesPulsar } from './tablas.ts'
import { crearArriendo, mirarSalidas, quitarArriendo } from './tablas_de_salida.ts'

const TOPICO = 'hechos'
const ARRIENDO = `relevo/${TOPICO}`

const abrir = async (t: TestContext): Promise<Almacen> => {
  const base = await nuevaBase()
  const almacen = await abrirAlmacenPostgres({ direccion: base.direccion, migraciones: [migracionesPulsar], entorno: entornoReal })
  t.after(async () => {
    await almacen.cerrar()
    await base.borrar()
  })
  await almacen.ejecutar(async (tx) => {
    await tx.ejecutar(crearArriendo, { nombre: ARRIENDO, dueno: 'yo' })
    await tx.ejecutar(conocerTopico, { topico: TOPICO })
  })
  return almacen
}

/** Los deja escritos: al resolver, la llave ya es suya. */
const dejar = async (tx: Tx, llave: string | null, ...ids: readonly string[]): Promise<void> => {
  dejarPorNumerar(
    tx,
    ids.map((id) => ({ topico: TOPICO, id, llave, propiedades: '{}', datos: Buffer.from(id), instante: 1 })),
  )
  await tx.todas(mirarSalidas, {})
}

const recoger = (almacen: Almacen, { token = 1, maximo = 1_000 } = {}) =>
  numerar(almacen, { topico: TOPICO, arriendo: ARRIENDO, token, maximo })

const idsDe = async (almacen: Almacen) => (await recoger(almacen)).map(({ id, secuencia }) => `${secuencia} ${id}`)

/** Cuántas transacciones de esta base esperan el candado de una llave. */
const esperando = async (almacen: Almacen): Promise<number> => (await almacen.lector.todas(enEspera, {})).length

const enEspera = consultas<{ pg_locks: { pid: number; locktype: string; granted: boolean; database: number } }>()((db) =>
  db
    .selectFrom('pg_locks')
    .select('pid')
    .where('locktype', '=', 'advisory')
    .where('granted', '=', false)
    .where('database', '=', sql<number>`(select oid from pg_database where datname = current_database())`),
)

/** Una transacción que publicó y no confirma hasta que se le diga. */
const abierta = async (almacen: Almacen, publicar: (tx: Tx) => Promise<unknown>) => {
  const publicada = Promise.withResolvers<void>()
  const seguir = Promise.withResolvers<void>()
  const fin = almacen.ejecutar(async (tx) => {
    await publicar(tx)
    publicada.resolve()
    await seguir.promise
  })
  await Promise.race([publicada.promise, fin])
  return {
    confirmar: () => {
      seguir.resolve()
      return fin
    },
  }
}

test('P1 la que toma su lugar primero y se confirma después de otras no se salta, y no las detiene', async (t) => {
  const almacen = await abrir(t)
  const tardia = await abierta(almacen, (tx) => dejar(tx, 'a', 'tardía'))
  for (const id of ['b', 'c']) await almacen.ejecutar((tx) => dejar(tx, id, id))
  assert.deepEqual(await idsDe(almacen), ['1 b', '2 c'])
  await tardia.confirmar()
  assert.deepEqual(await idsDe(almacen), ['3 tardía'])
})

test('P2 P3 una transacción que empezó a escribir antes pero publicó después sale después', async (t) => {
  const almacen = await abrir(t)
  const escrita = Promise.withResolvers<void>()
  const confirmada = Promise.withResolvers<void>()
  const vieja = almacen.ejecutar(async (tx) => {
    await dejar(tx, 'otra', 'antes')
    escrita.resolve()
    await confirmada.promise
    await dejar(tx, 'k', 'segunda')
  })
  await escrita.promise
  await almacen.ejecutar((tx) => dejar(tx, 'k', 'primera'))
  confirmada.resolve()
  await vieja
  const enSuLlave = (await recoger(almacen)).filter(({ llave }) => llave === 'k').map(({ id }) => id)
  assert.deepEqual(enSuLlave, ['primera', 'segunda'])
})

test('P3 dos transacciones de una llave salen en el orden en que se confirman, aunque la primera tarde; las de otra llave no esperan', async (t) => {
  const almacen = await abrir(t)
  const primera = await abierta(almacen, (tx) => dejar(tx, 'k', 'v1'))
  let confirmo = false
  const segunda = almacen.ejecutar((tx) => dejar(tx, 'k', 'v2')).then(() => (confirmo = true))
  try {
    await hasta('que la segunda espere a la primera, o no', async () => confirmo || (await esperando(almacen)) > 0)
    await Promise.all(Array.from({ length: 20 }, (_, i) => almacen.ejecutar((tx) => dejar(tx, `otra${i}`, `o${i}`))))
    assert.equal(confirmo, false)
    assert.equal((await recoger(almacen)).length, 20)
  } finally {
    await primera.confirmar()
  }
  await segunda
  assert.deepEqual(await idsDe(almacen), ['21 v1', '22 v2'])
})

test('P7 quien ya no tiene el arriendo no numera nada; quien lo toma espera al que estaba numerando', async (t) => {
  const almacen = await abrir(t)
  await almacen.ejecutar((tx) => dejar(tx, 'k', 'a'))
  const quitar = (token: number) =>
    almacen.ejecutar((tx) => tx.ejecutar(quitarArriendo, { nombre: ARRIENDO, dueno: 'otro', token, latido: 0 }))
  assert.equal(await quitar(1), 1)
  assert.deepEqual(await recoger(almacen, { token: 1 }), [])
  assert.deepEqual(
    (await recoger(almacen, { token: 2 })).map(({ id }) => id),
    ['a'],
  )
})

test('los números de un tópico no tienen huecos ni repetidos, con doscientas publicaciones a la vez y algunas que se deshacen', async (t) => {
  const almacen = await abrir(t)
  const confirmadas = new Map<string, string[]>()
  const publicar = async (i: number): Promise<void> => {
    const llave = `k${i % 10}`
    await almacen.ejecutar(async (tx) => {
      await dejar(tx, llave, `m${i}`, `m${i}b`)
      tx.alConfirmar(() => confirmadas.set(llave, [...(confirmadas.get(llave) ?? []), `m${i}`, `m${i}b`]))
      if (i % 9 === 0) throw new Error('se deshace')
    })
  }
  const fin = Promise.allSettled(Array.from({ length: 200 }, (_, i) => publicar(i)))
  const salidas = []
  let listo = false
  void fin.then(() => (listo = true))
  for (;;) {
    const ultimas = listo
    const tanda = await recoger(almacen, { maximo: 7 })
    salidas.push(...tanda)
    if (ultimas && tanda.length === 0) break
  }
  assert.deepEqual(
    salidas.map(({ secuencia }) => secuencia),
    salidas.map((_, i) => i + 1),
  )
  const deLlave = Map.groupBy(salidas, ({ llave }) => llave ?? '')
  for (const [llave, ids] of confirmadas)
    assert.deepEqual(
      deLlave
        .get(llave)
        ?.map(({ id }) => id)
        .sort(),
      ids.sort(),
    )
  // Los dos de cada publicación van juntos: ninguna otra de su llave entró en medio.
  for (const suyas of deLlave.values()) for (let i = 0; i < suyas.length; i += 2) assert.equal(suyas[i + 1]?.id, `${suyas[i]?.id}b`)
})

test('dos transacciones que publican las mismas llaves al revés no se abrazan', async (t) => {
  const almacen = await abrir(t)
  const mensaje = (llave: string) => ({ topico: TOPICO, id: llave, llave, propiedades: '{}', datos: Buffer.alloc(1), instante: 1 })
  const llaves = Array.from({ length: 20 }, (_, i) => mensaje(`k${i}`))
  let intentos = 0
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      almacen.ejecutar(async (tx) => {
        intentos += 1
        dejarPorNumerar(tx, i % 2 ? llaves : llaves.toReversed())
      }),
    ),
  )
  assert.equal(intentos, 40)
  assert.equal((await recoger(almacen)).length, 800)
})

test('lo que espera número cuenta como por salir, con la hora de lo más antiguo', async (t) => {
  const almacen = await abrir(t)
  const mirar = async () => (await almacen.lector.todas(mirarSalidas, {})).map((fila) => ({ ...fila }))
  assert.deepEqual(await mirar(), [{ topico: TOPICO, ultima: 0, primera: null, instante: null }])
  await almacen.ejecutar((tx) => dejar(tx, 'k', 'a', 'b', 'c'))
  assert.deepEqual(await mirar(), [{ topico: TOPICO, ultima: 3, primera: 1, instante: 1 }])
  await recoger(almacen, { maximo: 2 })
  assert.deepEqual(await mirar(), [{ topico: TOPICO, ultima: 3, primera: 1, instante: 1 }])
})

test('lo que espera número en un tópico que la cuenta no conoce lo toma igual: nada se quita sin darle su lugar', async (t) => {
  const almacen = await abrir(t)
  await almacen.ejecutar(async (tx) =>
    dejarPorNumerar(tx, [{ topico: 'otro', id: 'a', llave: 'k', propiedades: '{}', datos: Buffer.from('a'), instante: 1 }]),
  )
  await almacen.ejecutar((tx) => tx.ejecutar(crearArriendo, { nombre: 'relevo/otro', dueno: 'yo' }))
  const tomadas = await numerar(almacen, { topico: 'otro', arriendo: 'relevo/otro', token: 1, maximo: 10 })
  assert.deepEqual(
    tomadas.map(({ secuencia, id }) => [secuencia, id]),
    [[1, 'a']],
  )
})
