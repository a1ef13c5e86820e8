// npm run pruebas -- R5 [--segundos 90 --por-segundo 200 --semilla N]: el broker falta un rato bajo carga, y vuelve.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as momento } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { conCliente } from 'seedwork/pruebas/postgres.ts'
import { COMO_NPM_START } from '../../bench/hijo.ts'
import { abrirDosApis, type DosApis, sondear } from '../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { contarFaltas, controlDeLeyes, percentil } from './apoyo/cuentas.ts'

const MEGA = 1_048_576
const ANTES_MS = 15_000
const CALIENTA_MS = 8_000
const CALMA_MS = 20_000
const ENTRE_SONDEOS_MS = 50
const DRENA_MS = 180_000
const DE_CADA_VEZ = 8
/** Con tan poco, el doble es cosa de la máquina. */
const P99_MINIMO_MS = 20
/**
 * Lo que queda vivo vuelve a lo de antes: nada se guarda de lo que se juntó. Se persigue 1,05, y se vio de 1,02 a 1,054. Lo que el sistema
 * le cuenta al proceso (RSS) es otra cosa: comparado objeto por objeto, el montón de después es el de antes, y lo demás son páginas a medio
 * usar de V8 y del asignador tras el pico, que se llenan con lo siguiente. Se le pone un tope para que no crezca, y no es el que dice si algo
 * se retiene.
 */
const VIVA_DE_MAS = 1.1
const RSS_DE_MAS = 1.25
/** Como la arranca `npm start`, y con quien dice lo que queda vivo. */
const OPCIONES = [...COMO_NPM_START, '--import', pathToFileURL(join(import.meta.dirname, 'apoyo', 'memoria_en_uso.ts')).href]

const { values } = parseArgs({
  options: {
    segundos: { type: 'string', default: '90' },
    'por-segundo': { type: 'string', default: '200' },
    semilla: { type: 'string', default: '1' },
  },
})

/** Cuánto tarda cada reserva de sondeo durante `ms`. Una que no se acepta es una falta. */
const medir = async ({ apis }: DosApis, ms: number, faltas: string[]): Promise<readonly number[]> => {
  const tardanzas: number[] = []
  for (const limite = performance.now() + ms; performance.now() < limite; await momento(ENTRE_SONDEOS_MS)) {
    const desde = performance.now()
    if (!(await sondear(apis[tardanzas.length % 2 === 0 ? 0 : 1].url))) faltas.push('una reserva de sondeo no se aceptó')
    tardanzas.push(performance.now() - desde)
  }
  return tardanzas
}

const memoriaDe = ({ apis }: DosApis): number =>
  apis.reduce(
    (total, { proceso }) => total + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${proceso.pid}/status`, 'utf8'))?.[1]) / 1_024,
    0,
  )

/** Lo que queda vivo después de recoger, en MB: los objetos y lo que tienen fuera del montón. */
const vivaDe = async ({ apis }: DosApis): Promise<number> => {
  const medidas = apis.map(async ({ proceso }) => {
    const archivo = join(proceso.carpeta, 'memoria.json')
    rmSync(archivo, { force: true })
    proceso.senal('SIGUSR2')
    return Number(await hastaQue('que diga su memoria', () => existsSync(archivo) && readFileSync(archivo, 'utf8')))
  })
  return (await Promise.all(medidas)).reduce((total, bytes) => total + bytes, 0) / MEGA
}

type Memoria = Readonly<{ rss: number; viva: number }>

/** La menor de un rato sin pedidos: en reposo cada proceso devuelve lo que dejó una ráfaga. Se vio a los 6 y a los 8 s (`reposo.ts` mira cada 3). */
const memoriaEnCalma = async (dos: DosApis): Promise<Memoria> => {
  let rss = memoriaDe(dos)
  for (const limite = performance.now() + CALMA_MS; performance.now() < limite && rss > 0; await momento(100))
    rss = Math.min(rss, memoriaDe(dos))
  return { rss, viva: await vivaDe(dos) }
}

const PENDIENTE = `SELECT (SELECT count(*) FROM pulsar_salida) + (SELECT count(*) FROM pulsar_por_numerar) AS salir,
  (SELECT count(*) FROM operaciones WHERE estado NOT IN ('completada', 'fallida')) AS cumplir`

const pendiente = ({ servidor }: DosApis): Promise<Readonly<{ salir: number; cumplir: number }>> =>
  conCliente(servidor.direccion(), async (cliente) => {
    const [fila] = (await cliente.query(PENDIENTE)).rows
    return { salir: Number(fila?.salir), cumplir: Number(fila?.cumplir) }
  })

/** Espera a que lo que se juntó salga y se cumpla. Da cuánto tardó cada cosa, en segundos. */
const drenar = async (dos: DosApis): Promise<Readonly<{ salio: number; cumplio: number }>> => {
  const vuelta = performance.now()
  const hace = (): number => (performance.now() - vuelta) / 1_000
  const salio = await hastaQue('que todo salga', async () => (await pendiente(dos)).salir === 0 && hace(), DRENA_MS)
  const todo = async () => {
    const { salir, cumplir } = await pendiente(dos)
    return salir + cumplir === 0 && hace()
  }
  return { salio, cumplio: await hastaQue('que todo se cumpla', todo, DRENA_MS) }
}

const ver = (): Promise<Visto> =>
  conAlcance(async (alcance) => {
    const segundos = Number(values.segundos)
    const dos = await abrirDosApis(alcance, { semilla: Number(values.semilla), opciones: OPCIONES })
    const pausaMs = (2 * DE_CADA_VEZ * 1_000) / Number(values['por-segundo'])
    const faltas: string[] = []
    // A toda carga primero: la memoria de un proceso recién arrancado crece por crecer.
    const calentar = dos.cargar()
    await momento(CALIENTA_MS)
    await calentar()
    const memoriaAntes = await memoriaEnCalma(dos)
    const dejarDeCargar = dos.cargar(DE_CADA_VEZ, pausaMs)
    const antes = await medir(dos, ANTES_MS, faltas)
    await dos.broker.matar()
    decir('sin broker')
    const desde = dos.contexto.diario.length
    const ausente = await medir(dos, segundos * 1_000, faltas)
    const aceptados = dos.contexto.diario.slice(desde).filter(({ desenlace }) => desenlace === 'ok').length
    await dejarDeCargar()
    const { salir } = await pendiente(dos)
    const memoriaSin = memoriaDe(dos)
    await dos.broker.revivir()
    decir(`vuelve, con ${salir} por salir`)
    const { salio, cumplio } = await drenar(dos)
    decir(`se cumplió todo en ${cumplio.toFixed(1)} s`)
    const seguir = dos.cargar(DE_CADA_VEZ, pausaMs)
    await medir(dos, 5_000, faltas)
    await seguir()
    const memoriaDespues = await memoriaEnCalma(dos)
    const { restos, halladas } = await dos.saldar()
    const [p99Antes, p99Sin] = [percentil(antes, 0.99), percentil(ausente, 0.99)]
    const crecio = memoriaDespues.rss / memoriaAntes.rss
    const crecioViva = memoriaDespues.viva / memoriaAntes.viva
    return {
      id: 'R5',
      nombre: 'ausencia',
      corridas: aceptados,
      cuentas: {
        segundos,
        ...contarFaltas(halladas),
        juntados: salir,
        salieron_s: salio.toFixed(1),
        drenado_s: cumplio.toFixed(1),
        p99_antes_ms: p99Antes.toFixed(1),
        p99_sin_ms: p99Sin.toFixed(1),
        rss_antes_mb: Math.round(memoriaAntes.rss),
        rss_sin_mb: Math.round(memoriaSin),
        rss_despues_mb: Math.round(memoriaDespues.rss),
        rss_vuelve: crecio.toFixed(2),
        viva_antes_mb: memoriaAntes.viva.toFixed(1),
        viva_despues_mb: memoriaDespues.viva.toFixed(1),
        viva_vuelve: crecioViva.toFixed(3),
      },
      control: controlDeLeyes(restos, dos.contexto.diario),
      faltas: [
        ...new Set(faltas),
        ...halladas,
        ...(p99Sin > 2 * Math.max(p99Antes, P99_MINIMO_MS) ? [`el p99 sin broker es ${p99Sin} ms, y antes ${p99Antes}`] : []),
        ...(salir < aceptados ? ['lo aceptado no esperaba en la base'] : []),
        ...(crecioViva > VIVA_DE_MAS ? [`lo que queda vivo es ${crecioViva.toFixed(3)} veces lo de antes`] : []),
        ...(crecio > RSS_DE_MAS ? [`la memoria quedó en ${crecio.toFixed(2)} veces la de antes`] : []),
        ...(await dos.detener()),
      ],
      detalle: [
        `${aceptados} pedidos aceptados sin broker, ${Math.round(aceptados / segundos)} por segundo; ${ausente.length} sondeos medidos`,
      ],
    }
  })

conPlazo(Number(values.segundos) + 420)
anunciar(await ver())
