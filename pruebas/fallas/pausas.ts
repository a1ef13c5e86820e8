// npm run pruebas -- R8 [--pares 8 --pausas 40 --apis 2 --maxima 3 --semilla N]: quien tiene el arriendo se queda dormido más de lo que dura.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as momento } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { conCliente } from 'seedwork/pruebas/postgres.ts'
import { abrirBroker, abrirDosApis } from '../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { contarFaltas, controlDeLeyes, percentil } from './apoyo/cuentas.ts'
import { abrirPar, type Par } from './apoyo/par.ts'

const ARRIENDO_MS = 400
/** Uno dormido a mitad de una transacción retiene su fila hasta que PostgreSQL se la quita (`idle_in_transaction_session_timeout`, 15 s). */
const TOMA_MS = 30_000
/** El que despierta renueva cada cuarto de arriendo: en esto ya se le ha dicho que no. */
const NIEGA_MS = 3_000
/** Al que despierta también se le puede negar porque el otro ya quitó todo: de varios, a alguno no. */
const DEL_CONTROL = 3
/** El arriendo de la API dura diez segundos. */
const PAUSA_DE_API_MS = 11_500

const { values } = parseArgs({
  options: {
    pares: { type: 'string', default: '8' },
    pausas: { type: 'string', default: '40' },
    apis: { type: 'string', default: '2' },
    maxima: { type: 'string', default: '3' },
    semilla: { type: 'string', default: '1' },
  },
})

type Pausa = Readonly<{ duroMs: number; tomadaMs: number; falta?: string }>

/** Una pausa, de principio a fin: el dueño se duerme en un instante cualquiera, otro toma su lugar, y al despertar no lo recupera. */
const pausar = async ({ papeles, arriendo }: Par, azar: () => number, maximaMs: number): Promise<Pausa> => {
  const { dueno, otro, token } = await papeles()
  await momento(azar() * ARRIENDO_MS)
  const desde = performance.now()
  dueno.senal('SIGSTOP')
  try {
    await hastaQue('que otro tome el lugar', async () => (await arriendo()).token > token, TOMA_MS)
    const tomadaMs = performance.now() - desde
    await momento(Math.max(0, 1_000 + azar() * (maximaMs - 1_000) - tomadaMs))
    dueno.senal('SIGCONT')
    const duroMs = performance.now() - desde
    const negado = await hastaQue(
      'que se le niegue',
      async () => (await dueno.preguntar('cuenta')).cuenta.negados.includes(token),
      NIEGA_MS,
    ).catch(() => false)
    const { cuenta } = await dueno.preguntar('cuenta')
    const ahora = await arriendo()
    const suyo = (await otro.preguntar('cuenta')).cuenta.dueno
    const bien = negado && cuenta.trasNegarse.length === 0 && ahora.token === token + 1 && ahora.dueno === suyo
    return {
      duroMs,
      tomadaMs,
      ...(!bien && { falta: `a ${dueno.quien} no se le negó el lugar ${token}: ${JSON.stringify({ cuenta, ahora })}` }),
    }
  } finally {
    dueno.senal('SIGCONT')
  }
}

type Tanda = Readonly<{ pausas: readonly Pausa[]; faltas: readonly string[] }>

/** Los pares a la vez, cada uno con sus pausas seguidas. */
const pausarPares = (pares: number, porPar: number, sinCerca: boolean): Promise<Tanda> =>
  conAlcance(async (alcance) => {
    const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-broker-'))
    alcance.after(() => rmSync(carpeta, { recursive: true, force: true }))
    const puertoHttp = Number((await abrirBroker(alcance, carpeta)).puerto())
    const azar = mulberry32(Number(values.semilla))
    const tandas = Array.from({ length: pares }, async (_, i): Promise<Tanda> => {
      const par = await abrirPar(alcance, { puertoHttp, topico: `pausas-${i}`, arriendoMs: ARRIENDO_MS, sinCerca })
      const pausas: Pausa[] = []
      while (pausas.length < porPar) pausas.push(await pausar(par, azar, Number(values.maxima) * 1_000))
      if (sinCerca) return { pausas, faltas: [] }
      const faltas = await par.revisar().catch((error: Error) => [`pausas-${i}: no ha salido todo: ${error.message}`])
      await par.cerrar()
      return { pausas, faltas }
    })
    const todas = await Promise.all(tandas)
    return { pausas: todas.flatMap(({ pausas }) => pausas), faltas: todas.flatMap(({ faltas }) => faltas) }
  })

/** Las dos API, dormidas una tras otra bajo carga, más de lo que duran sus arriendos. */
const pausarApis = (cuantas: number) =>
  conAlcance(async (alcance) => {
    const dos = await abrirDosApis(alcance, { semilla: Number(values.semilla) })
    const dejarDeCargar = dos.cargar(8, 100)
    const tokens = (): Promise<readonly number[]> =>
      conCliente(dos.servidor.direccion(), async (cliente) => {
        const { rows } = await cliente.query('SELECT token FROM pulsar_arriendos ORDER BY nombre')
        return rows.map(({ token }) => Number(token))
      })
    const suma = async (): Promise<number> => (await tokens()).reduce((total, uno) => total + uno, 0)
    const antes = await suma()
    for (let i = 0; i < cuantas; i++) {
      await dos.queSigan(20)
      const { proceso } = dos.apis[i % 2 === 0 ? 0 : 1]
      proceso.senal('SIGSTOP')
      await momento(PAUSA_DE_API_MS)
      proceso.senal('SIGCONT')
      decir(`despertó la API ${i % 2}`)
    }
    await dejarDeCargar()
    const { restos, halladas } = await dos.saldar()
    const relevos = (await suma()) - antes
    const control = controlDeLeyes(restos, dos.contexto.diario)
    const sinRelevo = cuantas > 1 && relevos === 0 ? ['ninguna API tomó el lugar de la dormida'] : []
    return { faltas: [...halladas, ...sinRelevo, ...(await dos.detener())], relevos, control, intentos: dos.contexto.diario.length }
  })

const ver = async (): Promise<Visto> => {
  const [pares, pausas, apis] = [Number(values.pares), Number(values.pausas), Number(values.apis)]
  const [dePares, deApis] = await Promise.all([pausarPares(pares, Math.ceil(pausas / pares), false), pausarApis(apis)])
  decir('el control: un arriendo cuyo token no protege')
  const sinCerca = await pausarPares(DEL_CONTROL, 1, true)
  const faltas = [...dePares.faltas, ...deApis.faltas]
  const negadas = dePares.pausas.filter(({ falta }) => falta === undefined).length
  return {
    id: 'R8',
    nombre: 'pausas',
    corridas: dePares.pausas.length + apis,
    cuentas: {
      semilla: values.semilla,
      negadas: `${negadas}/${dePares.pausas.length}`,
      ...contarFaltas(faltas),
      dormido_max_s: (Math.max(...dePares.pausas.map(({ duroMs }) => duroMs), apis > 0 ? PAUSA_DE_API_MS : 0) / 1_000).toFixed(1),
      tomado_p50_ms: Math.round(
        percentil(
          dePares.pausas.map(({ tomadaMs }) => tomadaMs),
          0.5,
        ),
      ),
      tomado_max_ms: Math.round(
        percentil(
          dePares.pausas.map(({ tomadaMs }) => tomadaMs),
          1,
        ),
      ),
      relevos_de_api: deApis.relevos,
    },
    control: sinCerca.pausas.some(({ falta }) => falta !== undefined) && (apis === 0 || deApis.control === 'rojo') ? 'rojo' : 'verde',
    faltas: [...dePares.pausas.flatMap(({ falta }) => falta ?? []), ...faltas],
    detalle: [
      `${pares} pares de procesos con un arriendo de ${ARRIENDO_MS} ms, y ${apis} pausas de ${PAUSA_DE_API_MS} ms de dos API con ${deApis.intentos} pedidos`,
      'control: con un arriendo cuyo token no protege, al que despierta no se le niega nada',
    ],
  }
}

conPlazo(Math.max(170, Number(values.pausas) * 8))
anunciar(await ver())
