// node herramientas/arranque.mjs prueba bench/postgres.ts [rondas]: sobre un mismo PostgreSQL, con su disco de verdad, lo que la API da por
// HTTP entre lo que dan sus mismas sentencias sin HTTP, alternados, con 64 en vuelo; y la lista con mil filas y con un millón.
import { randomBytes } from 'node:crypto'
import { abrirServidorPostgres, conCliente } from 'seedwork/pruebas/postgres.ts'
import { resumir } from './estadistica.ts'
import type { OrdenesDelGenerador } from './generador_hijo.ts'
import { abrirHijo, COMO_NPM_START, type Hijo } from './hijo.ts'
import { leer, reservar } from './peticiones.ts'
import type { OrdenesDePostgres } from './postgres_hijo.ts'

const RONDAS = Number(process.argv[2] ?? 5)
const MS = 2_500
/** Un proceso recién abierto tarda en dar lo suyo. */
const CALIENTA_MS = 8_000
const EN_VUELO = 64

const servidor = await abrirServidorPostgres({ ajustes: { shared_buffers: '256MB' } })
const credencial = { clave: randomBytes(32).toString('base64url'), vence: Date.now() + 3_600_000 }
const { clave } = credencial
const generador = abrirHijo<OrdenesDelGenerador>('generador_hijo.ts')
const hijos: Hijo<never>[] = [generador as unknown as Hijo<never>]

const base = async (nombre: string): Promise<string> => {
  await conCliente(servidor.direccion(), (cliente) => cliente.query(`CREATE DATABASE ${nombre}`))
  return servidor.direccion(nombre)
}

/** La API y, en otro proceso, sus sentencias solas, sobre la misma base. */
const abrir = async (direccion: string) => {
  const abrirUno = () => abrirHijo<OrdenesDePostgres>('postgres_hijo.ts', COMO_NPM_START)
  const [api, solas] = [abrirUno(), abrirUno()]
  hijos.push(api as unknown as Hijo<never>, solas as unknown as Hijo<never>)
  for (const hijo of [api, solas]) await hijo.pedir('abrir', { base: direccion, clave })
  return { puerto: await api.pedir('escuchar', { clave }), solas }
}

/** Copia una reserva hasta que haya `cuantas`, con los identificadores repartidos. */
const sembrar = (direccion: string, cuantas: number): Promise<void> =>
  conCliente(direccion, async (cliente) => {
    await cliente.query(
      `INSERT INTO reservas (id, version, estado, itinerarios, pasajeros, fecha_creacion, fecha_actualizacion)
       SELECT lpad(to_hex(i), 8, '0') || '-0000-7000-8000-000000000000', 1, 'PENDIENTE',
         (SELECT itinerarios FROM reservas LIMIT 1), (SELECT pasajeros FROM reservas LIMIT 1), 0, 0
       FROM generate_series(1, $1::int) AS i`,
      [cuantas],
    )
    await cliente.query(`INSERT INTO resumen_reservas (id, estado, por_pagar) SELECT id, estado, 1 FROM reservas ON CONFLICT DO NOTHING`)
    await cliente.query('VACUUM ANALYZE')
  })

const cargar = (puerto: number, peticiones: readonly string[], estado = 200, enVuelo = EN_VUELO, ms = MS) =>
  generador.pedir('cargar', { puerto, peticiones, enVuelo, ms, estado })
const porSegundo = ({ respuestas, inicio, fin }: { respuestas: number; inicio: number; fin: number }) =>
  (respuestas * 1_000) / (fin - inicio)

try {
  const [pocas, muchas] = [await abrir(await base('pocas')), await abrir(await base('muchas'))]
  for (const [{ puerto }, nombre, cuantas] of [
    [pocas, 'pocas', 1_000],
    [muchas, 'muchas', 1_000_000],
  ] as const) {
    await cargar(puerto, reservar('/vuelos/reserva', credencial), 200, 1, 50)
    await sembrar(servidor.direccion(nombre), cuantas)
  }
  const escritura = await abrir(await base('escritura'))
  const lista = leer(['/vuelos/reserva'], credencial)
  const vistas: Record<string, number[]> = {}
  for (let ronda = 0; ronda <= RONDAS; ronda++) {
    const ms = ronda === 0 ? CALIENTA_MS : MS
    const comando = porSegundo(await cargar(escritura.puerto, reservar('/vuelos/reserva-comando', credencial), 202, EN_VUELO, ms))
    const comandoSolo = await escritura.solas.pedir('comandos', { ms })
    const post = porSegundo(await cargar(escritura.puerto, reservar('/vuelos/reserva', credencial), 200, EN_VUELO, ms))
    const postSolo = await escritura.solas.pedir('reservas', { ms })
    const postEnFila = await escritura.solas.pedir('reservas', { ms, enFila: true })
    const mil = (await cargar(pocas.puerto, lista, 200, 1, 1_000)).p50
    const millon = (await cargar(muchas.puerto, lista, 200, 1, 1_000)).p50
    const medido = {
      comando,
      comandoSolo,
      'comando/solo': comando / comandoSolo,
      post,
      postSolo,
      'post/solo': post / postSolo,
      postEnFila,
      'post/enFila': post / postEnFila,
      mil,
      millon,
      'millon/mil': millon / mil,
    }
    console.log(
      Object.entries(medido)
        .map(([que, valor]) => `${que} ${valor.toFixed(2)}`)
        .join('  '),
    )
    await conCliente(servidor.direccion('escritura'), (cliente) =>
      cliente.query('TRUNCATE pulsar_por_numerar, operaciones, reservas, resumen_reservas, historial_cliente'),
    )
    if (ronda === 0) continue // la primera calienta
    for (const [que, valor] of Object.entries(medido)) vistas[que] = [...(vistas[que] ?? []), valor]
  }
  for (const [que, valores] of Object.entries(vistas)) {
    const { mediana, minimo, maximo } = resumir(valores)
    console.log(`${que}: ${mediana.toFixed(2)} (${minimo.toFixed(2)}–${maximo.toFixed(2)})`)
  }
} finally {
  for (const hijo of hijos) await hijo.cerrar()
  await servidor.parar()
}
