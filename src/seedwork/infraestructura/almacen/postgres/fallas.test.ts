// Un servidor que se va, que no deja escribir, que no admite a nadie más: nada se pierde, se dice, y se vuelve solo.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as esperar } from 'node:timers/promises'
import { agregarFila, idsDe, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { abrirServidorPostgres, conCliente } from '../../../pruebas/postgres.ts'
import { entornoReal } from '../../entorno_real.ts'
import type { Almacen, Tx } from '../puerto.ts'
import { abrirAlmacenPostgres } from './almacen.ts'

const servidor = await abrirServidorPostgres({ ajustes: { max_connections: '30' } })
after(servidor.parar)
let bases = 0
const CALLADO_MS = 500
/** `connectionTimeoutMillis`. */
const ABRIR_MS = 5_000

const abrir = async (t: TestContext): Promise<Readonly<{ almacen: Almacen; base: string }>> => {
  bases += 1
  const base = `b${bases}`
  await conCliente(servidor.direccion(), (cliente) => cliente.query(`CREATE DATABASE ${base}`))
  const almacen = await abrirAlmacenPostgres({
    direccion: servidor.direccion(base),
    migraciones: [tablasDePrueba],
    entorno: entornoReal,
    conexiones: 10,
  })
  t.after(almacen.cerrar)
  return { almacen, base }
}

/** El rechazo de lo que se pidió, o `undefined` si salió bien. */
const rechazo = (pedido: Promise<unknown>): Promise<{ codigo: string; clase: string; reintentarEn: number } | undefined> =>
  pedido.then(
    () => undefined,
    ({ codigo, clase, reintentarEn }) => ({ codigo, clase, reintentarEn }),
  )

/** Escribe hasta que se pueda y dice cuánto tardó. */
const hastaQueEscriba = async (almacen: Almacen, id: string): Promise<number> => {
  const desde = performance.now()
  for (;;) {
    if ((await rechazo(almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id })))) === undefined) return performance.now() - desde
    await esperar(10)
  }
}

test('con el servidor caído cada escritura y cada lectura es no_disponible, con cuándo repetir; en cuanto vuelve, sola', async (t) => {
  const { almacen } = await abrir(t)
  await almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'antes' }))
  await servidor.matar()
  const pedidos = [almacen.comprobar, () => idsDe(almacen.lector), () => almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'x' }))]
  for (const pedir of pedidos)
    assert.partialDeepStrictEqual(await rechazo(pedir()), { codigo: 'almacen_con_fallas', clase: 'no_disponible', reintentarEn: 1 })
  await servidor.revivir()
  const tardo = await hastaQueEscriba(almacen, 'después')
  assert.ok(tardo <= 2_000, `tardó ${tardo} ms en volver`)
  assert.deepEqual(await idsDe(almacen.lector), ['antes', 'después'])
})

test('con doscientas conexiones terminadas mientras se escribe, lo confirmado está, lo rechazado no, y lo dudoso se dice', async (t) => {
  const { almacen, base } = await abrir(t)
  const suertes = new Map<string, string>()
  let numero = 0
  let seguir = true
  const escritor = async (): Promise<void> => {
    while (seguir) {
      numero += 1
      const id = `f${numero}`
      const error = await rechazo(almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id })))
      suertes.set(id, error === undefined ? 'confirmada' : error.codigo)
    }
  }
  const escritores = Array.from({ length: 16 }, escritor)
  const terminadas = await conCliente(servidor.direccion(), async (cliente) => {
    let cuantas = 0
    while (cuantas < 200) {
      const { rows } = await cliente.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2`,
        [base],
      )
      cuantas += rows.length
      await esperar(10)
    }
    return cuantas
  })
  seguir = false
  await Promise.all(escritores)
  assert.ok(terminadas >= 200)
  const guardadas = new Set(await idsDe(almacen.lector))
  for (const [id, suerte] of suertes) {
    if (suerte === 'confirmada') assert.ok(guardadas.has(id), `se perdió ${id}`)
    else if (suerte !== 'resultado_desconocido') assert.ok(!guardadas.has(id), `${id} quedó y se dijo que no (${suerte})`)
  }
  assert.ok([...suertes.values()].filter((suerte) => suerte === 'confirmada').length > 20)
})

/** Un cable hasta el servidor. Al armarlo se corta cuando el servidor contesta que confirmó, y la respuesta no llega; mudo, no llega ninguna. */
const tenderCable = async (t: TestContext, base: string) => {
  const destino = new URL(servidor.direccion(base))
  let armado = false
  let mudo = false
  const cable = createServer((cliente) => {
    const hacia = connect(Number(destino.port), destino.hostname)
    cliente.pipe(hacia)
    hacia.on('data', (datos) => {
      if (mudo) return
      if (!armado || !datos.includes('COMMIT\0')) return void cliente.write(datos)
      armado = false
      cliente.destroy()
      hacia.destroy()
    })
    cliente.on('error', () => hacia.destroy()).on('close', () => hacia.destroy())
    hacia.on('error', () => cliente.destroy()).on('close', () => cliente.destroy())
  })
  cable.listen(0, '127.0.0.1')
  await once(cable, 'listening')
  t.after(() => cable.close())
  const { port } = cable.address() as AddressInfo
  const armar = () => {
    armado = true
  }
  const callar = (calla: boolean) => {
    mudo = calla
  }
  return { direccion: Object.assign(new URL(destino), { hostname: '127.0.0.1', port: String(port) }).href, armar, callar }
}

/** Con la segunda, lo escrito y el COMMIT van en un solo viaje. */
const escrituras: Readonly<Record<string, (tx: Tx, id: string) => unknown>> = {
  'esperando lo escrito': (tx, id) => tx.ejecutar(agregarFila, { id }),
  'sin esperar nada': (tx, id) => tx.escribir(agregarFila, { id }),
}

for (const [como, escribir] of Object.entries(escrituras))
  test(`la conexión que se corta con el COMMIT ya hecho y sin respuesta, ${como}: no se sabe, se dice, y la unidad no se repite`, async (t) => {
    const { base } = await abrir(t)
    const cable = await tenderCable(t, base)
    const almacen = await abrirAlmacenPostgres({ direccion: cable.direccion, migraciones: [tablasDePrueba], entorno: entornoReal })
    t.after(almacen.cerrar)
    cable.armar()
    let veces = 0
    const unidad = almacen.ejecutar(async (tx) => {
      veces += 1
      await escribir(tx, `vez ${veces}`)
    })
    assert.equal((await rechazo(unidad))?.codigo, 'resultado_desconocido')
    assert.deepEqual(await idsDe(almacen.lector), ['vez 1'])
  })

/** Un almacén por un cable que calla cuando se le dice, y que espera poco una respuesta. */
const abrirConPlazoCorto = async (t: TestContext) => {
  const { base } = await abrir(t)
  const cable = await tenderCable(t, base)
  const direccion = `${cable.direccion}?query_timeout=${CALLADO_MS}`
  const almacen = await abrirAlmacenPostgres({ direccion, migraciones: [tablasDePrueba], entorno: entornoReal, conexiones: 10 })
  t.after(almacen.cerrar)
  return { cable, almacen }
}

test('a un servidor que calla se le espera una vez, aunque haya otras conexiones abiertas: lo que no se confirmó no quedó, y al hablar, sola', async (t) => {
  const { cable, almacen } = await abrirConPlazoCorto(t)
  const escribir = (id: string) => almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id }))
  const abiertas = Array.from({ length: 6 }, (_, i) => `abierta ${i}`)
  await Promise.all(abiertas.map(escribir))
  cable.callar(true)
  const desde = performance.now()
  const suertes = await Promise.all([escribir('muda'), idsDe(almacen.lector)].map(rechazo))
  const tardo = performance.now() - desde
  assert.deepEqual(
    suertes.map((suerte) => suerte?.codigo),
    ['almacen_con_fallas', 'almacen_con_fallas'],
  )
  assert.ok(tardo < 2 * CALLADO_MS, `contestó a los ${tardo} ms`)
  cable.callar(false)
  assert.ok((await hastaQueEscriba(almacen, 'después')) <= 2_000)
  assert.deepEqual(await idsDe(almacen.lector), [...abiertas, 'después'].sort())
})

test('a un servidor que calla desde el BEGIN se le espera una vez, aunque la unidad le pida algo más tarde', async (t) => {
  const { cable, almacen } = await abrirConPlazoCorto(t)
  await almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'abierta' }))
  cable.callar(true)
  const desde = performance.now()
  const suerte = await rechazo(
    almacen.ejecutar(async (tx) => {
      // Con el BEGIN ya enviado: cuando a él se le acaba su plazo la conexión se destruye, y a esto le falta el suyo.
      await esperar(CALLADO_MS / 5)
      await tx.ejecutar(agregarFila, { id: 'muda' })
    }),
  )
  const tardo = performance.now() - desde
  assert.equal(suerte?.codigo, 'almacen_con_fallas')
  assert.ok(tardo < 2 * CALLADO_MS, `contestó a los ${tardo} ms`)
})

test('a un servidor que calla al abrirle una conexión también se le espera una vez', async (t) => {
  const { cable, almacen } = await abrirConPlazoCorto(t)
  cable.callar(true)
  const desde = performance.now()
  // Más lecturas que conexiones abiertas: las demás esperan a que se les abra una.
  const suertes = await Promise.all(Array.from({ length: 5 }, () => rechazo(idsDe(almacen.lector))))
  const tardo = performance.now() - desde
  assert.deepEqual(new Set(suertes.map((suerte) => suerte?.codigo)), new Set(['almacen_con_fallas']))
  assert.ok(tardo > ABRIR_MS - CALLADO_MS && tardo < 2 * ABRIR_MS - CALLADO_MS, `contestó a los ${tardo} ms`)
})

test('la conexión que se corta antes de confirmar no la nota quien esperaba: la unidad se repite en otra', async (t) => {
  const { almacen, base } = await abrir(t)
  let intentos = 0
  await almacen.ejecutar(async (tx) => {
    intentos += 1
    await tx.ejecutar(agregarFila, { id: `f${intentos}` })
    if (intentos === 1) await cortarTodas(base)
  })
  assert.equal(intentos, 2)
  assert.deepEqual(await idsDe(almacen.lector), ['f2'])
})

const cortarTodas = (base: string) =>
  conCliente(servidor.direccion(), (cliente) =>
    cliente.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [base]),
  )

test('en un servidor de sólo lectura se lee y no se escribe; al dejar de serlo, sola', async (t) => {
  const { almacen, base } = await abrir(t)
  const soloLectura = (valor: 'on' | 'off') =>
    conCliente(servidor.direccion(), async (cliente) => {
      await cliente.query(`ALTER DATABASE ${base} SET default_transaction_read_only = ${valor}`)
      await cortarTodas(base)
    })
  await soloLectura('on')
  assert.partialDeepStrictEqual(await rechazo(almacen.comprobar()), { codigo: 'almacen_con_fallas', reintentarEn: 1 })
  assert.deepEqual(await idsDe(almacen.lector), [])
  await soloLectura('off')
  assert.ok((await hastaQueEscriba(almacen, 'a')) <= 2_000)
})

test('sin lugar para más conexiones es no_disponible; cuando lo hay, sola', async (t) => {
  const { almacen, base } = await abrir(t)
  const sueltas: { end: () => Promise<void> }[] = []
  const { default: pg } = await import('pg')
  await cortarTodas(base)
  for (;;) {
    const cliente = new pg.Client({ connectionString: servidor.direccion() })
    cliente.on('error', () => {})
    if ((await rechazo(cliente.connect())) !== undefined) break
    sueltas.push(cliente)
  }
  assert.partialDeepStrictEqual(await rechazo(almacen.comprobar()), { clase: 'no_disponible', codigo: 'almacen_ocupado' })
  await Promise.all(sueltas.map((cliente) => cliente.end()))
  assert.ok((await hastaQueEscriba(almacen, 'a')) <= 2_000)
})

test('una transacción que se queda abierta y callada la corta el servidor, y a los demás no los detiene', async (t) => {
  const { almacen, base } = await abrir(t)
  await conCliente(servidor.direccion(), (cliente) => cliente.query(`ALTER DATABASE ${base} SET idle_in_transaction_session_timeout = 200`))
  const otra = await abrirAlmacenPostgres({
    direccion: `${servidor.direccion(base)}?idle_in_transaction_session_timeout=200`,
    migraciones: [tablasDePrueba],
    entorno: entornoReal,
  })
  let veces = 0
  await otra.ejecutar(async (tx) => {
    veces += 1
    await tx.ejecutar(agregarFila, { id: 'dormida' })
    if (veces === 1) await esperar(600)
  })
  assert.equal(veces, 2)
  await otra.cerrar()
  assert.deepEqual(await idsDe(almacen.lector), ['dormida'])
})
