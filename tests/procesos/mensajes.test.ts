import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { migraciones } from 'aeroalpes-api/sistema.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { firmasDe, leer } from './apoyo/por_fuera.ts'
import { type Banco, RAIZ, type Servidor, unBanco } from './apoyo/servidor.ts'

const ORDEN = join(RAIZ, 'src/local/mensajes.ts')
const TOPICO = 'comandos-reserva'
const SUSCRIPCION = 'aeroalpes-sub-comandos'

/** Unos bytes que ningún esquema entiende, uno por llave, en el tópico de comandos de una carpeta que nadie usa. */
const publicarBasura = async (carpeta: string, ...llaves: readonly string[]): Promise<void> => {
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesEmbebido, ...migraciones] })
  const broker = await abrirBrokerEmbebido({
    almacen,
    entorno: entornoReal,
    conservarMs: Number.POSITIVE_INFINITY,
    alFallar: (error) => assert.fail(String(error)),
  })
  const datos = Buffer.from('ffffffffffff', 'hex')
  await almacen.ejecutar((tx) =>
    broker.publicar(
      tx,
      llaves.map((llave) => ({ topico: TOPICO, id: `basura-${llave}`, llave, datos, propiedades: { type: 'CrearReserva' } })),
    ),
  )
  await broker.cerrar()
  await almacen.cerrar()
}

type Dicho = Readonly<{ codigo: number | null; salida: string; errores: string }>

const decir = async (banco: Banco, ...args: readonly string[]): Promise<Dicho> => {
  const proceso = banco.lanzar({ args: [ORDEN, ...args] })
  const { codigo } = await proceso.fin()
  return { codigo, salida: proceso.salida(), errores: proceso.errores() }
}

/** Lo que dice una orden que sale bien y no se queja. */
const bien = async (banco: Banco, ...args: readonly string[]): Promise<string> => {
  const { codigo, salida, errores } = await decir(banco, ...args)
  assert.deepEqual({ codigo, errores }, { codigo: 0, errores: '' })
  return salida
}

type Apartado = Readonly<{
  id: string
  topico: string
  suscripcion: string
  llave: string
  tipo: string
  codigo: string
  causa: string
  intentos: number
  apartado: string
}>

const apartados = async (banco: Banco, ...filtro: readonly string[]): Promise<readonly Apartado[]> =>
  JSON.parse(await bien(banco, 'ver', '--json', ...filtro))

/** Espera, por la API, a que haya tantos apartados. */
const seApartan = (banco: Banco, { api }: Servidor, cuantos: number): Promise<true> => {
  const cabeceras = { 'x-actor': firmasDe(banco.carpeta).operador }
  return hastaQue(
    `que se aparten ${cuantos}`,
    async () => (await leer<unknown[]>(`${api}/mensajes/apartados`, cabeceras)).length === cuantos,
  )
}

const detener = async (servidor: Servidor): Promise<void> => {
  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null })
}

test('ver y reintentar: con el servidor detenido o en marcha, en texto o JSON, dicen lo apartado en orden y lo devuelven de verdad', async (t) => {
  const banco = unBanco(t)
  assert.equal(await bien(banco, 'ver'), 'Nada apartado.\n')
  assert.equal(await bien(banco, 'ver', '--json'), '[]\n')
  assert.equal(await bien(banco, 'reintentar'), 'Nada que reintentar.\n')
  assert.equal(await bien(banco, 'reintentar', '--json'), '{"reintentados":0}\n')
  await publicarBasura(banco.carpeta, 'b', 'a')

  const servidor = await banco.arrancar()
  await seApartan(banco, servidor, 2)
  const vistos = await apartados(banco)
  const comunes = { topico: TOPICO, suscripcion: SUSCRIPCION, tipo: 'CrearReserva', intentos: 1 }
  assert.deepEqual(
    vistos.map(({ causa: _1, codigo: _2, apartado: _3, ...resto }) => resto),
    ['b', 'a'].map((llave) => ({ id: `basura-${llave}`, llave, ...comunes })),
  )
  const [primero] = vistos
  const texto = await bien(banco, 'ver')
  for (const dato of [
    `${TOPICO} → ${SUSCRIPCION}`,
    'CrearReserva',
    'llave=b',
    'intentos=1',
    `${primero?.codigo}: ${primero?.causa}`,
    'id=basura-b',
  ])
    assert.ok(texto.includes(dato), `${dato} no está en:\n${texto}`)
  assert.ok(texto.indexOf('id=basura-b') < texto.indexOf('id=basura-a'), 'no están en el orden en que se apartaron')
  assert.match(texto, /^2 apartados\.$/m)
  assert.match(await bien(banco, 'ver', '--llave', 'a'), /^1 apartado\.$/m)
  assert.equal(await bien(banco, 'ver', '--codigo', 'ninguno'), 'Nada apartado.\n')

  // En marcha: se devuelve uno, que vuelve a fallar y a apartarse, ahora el último.
  assert.equal(await bien(banco, 'reintentar', '--llave', 'b'), '1 reintentado.\n')
  await seApartan(banco, servidor, 2)
  assert.deepEqual(
    (await apartados(banco)).map(({ llave }) => llave),
    ['a', 'b'],
  )
  await detener(servidor)

  // Detenido: se devuelven los dos, y nadie los toma hasta que alguien arranque.
  assert.deepEqual(
    (await apartados(banco)).map(({ llave }) => llave),
    ['a', 'b'],
  )
  assert.deepEqual(JSON.parse(await bien(banco, 'reintentar', '--topico', TOPICO, '--suscripcion', SUSCRIPCION, '--json')), {
    reintentados: 2,
  })
  assert.equal(await bien(banco, 'ver'), 'Nada apartado.\n')
  assert.equal(await bien(banco, 'reintentar'), 'Nada que reintentar.\n')
  await seApartan(banco, await banco.arrancar(), 2)
})

test('pregunta a quien tiene la carpeta, no a quien atiende donde alguna vez atendió el que murió', async (t) => {
  const banco = unBanco(t)
  await publicarBasura(banco.carpeta, 'mia')
  const servidor = await banco.arrancar()
  await seApartan(banco, servidor, 1)
  servidor.senal('SIGKILL')
  await servidor.fin()
  const otro = await unBanco(t).arrancar()
  writeFileSync(join(banco.carpeta, 'direcciones.json'), JSON.stringify({ pid: servidor.pid, api: otro.api }))
  assert.deepEqual(
    (await apartados(banco)).map(({ llave }) => llave),
    ['mia'],
  )
})

test('lo que no se entiende sale con 2 y dice cómo se usa; lo que no se puede hacer, con 1 y por qué', async (t) => {
  const banco = unBanco(t)
  for (const args of [[], ['borrar'], ['ver', 'reintentar'], ['ver', '--nada'], ['ver', '--llave']]) {
    const { codigo, salida, errores } = await decir(banco, ...args)
    assert.deepEqual({ args, codigo, salida }, { args, codigo: 2, salida: '' })
    assert.match(errores, /^Uso: npm run mensajes -- ver \| reintentar/)
  }
  const proceso = banco.lanzar({ args: [ORDEN, 'ver'], env: { BROKER: 'kafka' } })
  assert.equal((await proceso.fin()).codigo, 1)
  assert.match(proceso.errores(), /BROKER=kafka/)
})

test('npm run mensajes es esa misma orden', async (t) => {
  const banco = unBanco(t)
  const proceso = banco.lanzar({ programa: 'npm', args: ['--silent', 'run', 'mensajes', '--', 'ver', '--json'], cwd: RAIZ, grupo: true })
  assert.deepEqual(await proceso.fin(), { codigo: 0, senal: null }, proceso.errores())
  assert.equal(proceso.salida(), '[]\n')
})
