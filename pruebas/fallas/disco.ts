// npm run pruebas -- R10 [--llenados 6 --averias 24 --bits 100 --semilla N]: el disco se llena, falla o cambia bits bajo un servidor con carga.
import { join } from 'node:path'
import { setTimeout as momento } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { type Contexto, cargar, type Intento, pedidoDe, repetirDesconocidos } from '../../tests/procesos/apoyo/carga.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { faltas, leerRestos } from '../../tests/procesos/apoyo/leyes.ts'
import { drenado, firmasDe } from '../../tests/procesos/apoyo/por_fuera.ts'
import { type Servidor, unBanco } from '../../tests/procesos/apoyo/servidor.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { cambiarBits } from './apoyo/bits.ts'
import { contarFaltas, controlDeLeyes } from './apoyo/cuentas.ts'
import { AVERIAS, type Averia, averiar, type Disco, loQueFaltaParaAveriar, montarDisco } from './apoyo/disco.ts'

const MEGAS = 64
const AVERIADO_MS = 150
const VUELVE_MS = 10_000
/** Sin sumas, la mitad se sirve: que no se sirva ninguno de tantos no es suerte. */
const BITS_DE_CONTROL = 30

const { values } = parseArgs({
  options: {
    llenados: { type: 'string', default: '6' },
    averias: { type: 'string', default: '24' },
    bits: { type: 'string', default: '100' },
    semilla: { type: 'string', default: '1' },
  },
})

type Escena = Readonly<{ servidor: Servidor; contexto: Contexto; faltas: string[] }>

/** Lo que contesta a una reserva de sondeo, que va al diario: su estado, y en cuántos segundos dice que se repita. */
const sondear = async ({ servidor: { api }, contexto: { diario } }: Escena): Promise<Readonly<{ estado: number; repetir: number }>> => {
  const intento: Intento = {
    ...{ id: `s-${diario.length}`, hace: 'crear', quien: null, llave: false },
    ...{ id_reserva: null, id_operacion: null, desenlace: 'desconocido' },
  }
  diario.push(intento)
  const cabeceras = { 'content-type': 'application/json', 'x-correlation-id': intento.id }
  const pedido = { method: 'POST', headers: cabeceras, body: JSON.stringify(pedidoDe(intento.id)), signal: AbortSignal.timeout(15_000) }
  const respuesta = await fetch(`${api}/vuelos/reserva`, pedido)
  const { id, codigo } = (await respuesta.json()) as { id?: string; codigo?: string }
  if (respuesta.status === 200) Object.assign(intento, { desenlace: 'ok', id_reserva: id })
  else if (codigo !== 'resultado_desconocido') intento.desenlace = 'fallo'
  return { estado: respuesta.status, repetir: Number(respuesta.headers.get('retry-after')) }
}

const malas = ({ contexto: { diario } }: Escena): number =>
  diario.filter(({ desenlace }) => desenlace === 'fallo' || desenlace === 'desconocido').length

/** Espera a que `diario` tenga un intento más que acabó bien: se vuelve a escribir. Da cuánto tardó. */
const queVuelva = async ({ contexto: { diario } }: Escena): Promise<number> => {
  const desde = performance.now()
  const hasta = diario.length
  await hastaQue('que se vuelva a escribir', () => diario.slice(hasta).some(({ desenlace }) => desenlace === 'ok'), VUELVE_MS)
  return performance.now() - desde
}

/** Se llena con el servidor atendiendo: dice que ahora no y cuándo repetir. Se vacía: escribe otra vez. */
const llenar = async (escena: Escena, disco: Disco): Promise<number> => {
  disco.llenar()
  await hastaQue('que niegue por no tener espacio', async () => {
    const { estado, repetir } = await sondear(escena)
    if (estado !== 503) return false
    if (!(repetir > 0)) escena.faltas.push('un 503 no dijo cuándo repetir')
    return true
  })
  const negados = escena.contexto.diario.length + 20
  await hastaQue('que siga contestando', () => escena.contexto.diario.length >= negados)
  disco.vaciar()
  return queVuelva(escena)
}

/** Un rato en que esas llamadas fallan. Tiene que notarse: si nada salió mal, no se probó nada. */
const fallar = async (escena: Escena, averia: Averia): Promise<number> => {
  const antes = malas(escena)
  const reparar = await averiar(escena.servidor.pid, averia)
  await momento(AVERIADO_MS)
  await reparar()
  const ms = await queVuelva(escena)
  notadas.set(averia.nombre, (notadas.get(averia.nombre) ?? 0) + (malas(escena) > antes ? 1 : 0))
  return ms
}

const notadas = new Map<string, number>()

/** Carga el servidor mientras se hace `que`. */
const bajoCarga = async ({ contexto, servidor }: Escena, que: () => Promise<void>): Promise<void> => {
  let cargando = true
  const carga = (async () => {
    while (cargando) {
      await cargar(contexto, { api: servidor.api, terminado: () => !cargando || servidor.terminado() }, 16)
      await momento(10)
    }
  })()
  carga.catch(() => {})
  try {
    await que()
  } finally {
    cargando = false
  }
  await carga
}

const ver = (): Promise<Visto> =>
  conAlcance(async (alcance) => {
    const [llenados, averias, bits] = [Number(values.llenados), Number(values.averias), Number(values.bits)]
    const azar = mulberry32(Number(values.semilla))
    // El disco se desmonta después de que el servidor haya terminado.
    const finales = unBanco({ after: () => {} })
    const disco = montarDisco(alcance, join(finales.carpeta, 'disco'), MEGAS)
    const banco = unBanco(alcance)
    const sinAveriar = loQueFaltaParaAveriar()
    const imposibles = [...('motivo' in disco ? [disco.motivo] : []), ...(sinAveriar ? [sinAveriar.motivo] : [])]
    for (const motivo of imposibles) decir(`no se corre: ${motivo}`)
    const carpeta = 'motivo' in disco ? banco.carpeta : disco.carpeta
    const servidor = await banco.arrancar({ carpeta })
    const firmas = firmasDe(carpeta, 'ana', 'beto')
    const escena: Escena = { servidor, contexto: { diario: [], azar, firmas: firmas.viajeros }, faltas: [] }
    const vueltas: number[] = []
    let corridas = 0
    await bajoCarga(escena, async () => {
      await queVuelva(escena)
      if (!('motivo' in disco)) for (let i = 0; i < llenados; i++, corridas++) vueltas.push(await llenar(escena, disco))
      decir(`lleno ${corridas} veces`)
      const cuales = sinAveriar ? [] : Array.from({ length: averias }, (_, i) => AVERIAS[i % AVERIAS.length] as Averia)
      for (const averia of cuales) {
        vueltas.push(await fallar(escena, averia))
        corridas++
      }
      decir(`averiado ${cuales.length} veces`)
    })
    await repetirDesconocidos(escena.contexto, servidor)
    await drenado(servidor.api, 30_000)
    servidor.senal('SIGKILL')
    await servidor.fin()
    const restos = leerRestos(carpeta)
    const halladas = faltas(restos, escena.contexto.diario)
    const deBits = await cambiarBits({ carpeta, donde: join(banco.carpeta, 'bits'), cuantos: bits, azar })
    decir(`${bits} bits cambiados`)
    // Lo mismo sin que nadie mire las sumas: entonces sí tiene que servirse lo que no se escribió.
    const sinSumas = await cambiarBits({ carpeta, donde: join(banco.carpeta, 'bits'), cuantos: BITS_DE_CONTROL, azar, sinSumas: true })
    decir(`${BITS_DE_CONTROL} bits cambiados sin sumas`)
    const sinNotar = sinAveriar ? [] : AVERIAS.filter(({ nombre }) => averias >= AVERIAS.length && !notadas.get(nombre))
    const intentos = Object.groupBy(escena.contexto.diario, ({ desenlace }) => desenlace)
    return {
      id: 'R10',
      nombre: 'disco',
      corridas: corridas + bits,
      cuentas: {
        semilla: values.semilla,
        ...contarFaltas(halladas),
        llenados: 'motivo' in disco ? 0 : llenados,
        averias: sinAveriar ? 0 : averias,
        vuelve_max_ms: Math.round(Math.max(0, ...vueltas)),
        bits_vistos: deBits.visto,
        bits_vistos_al_revisar: deBits.revisado,
        bits_que_esconden: deBits.escondido,
        bits_sin_efecto: deBits.igual,
        bits_que_recortan_el_wal: deBits.recortado,
        bits_de_control: deBits.de_control,
        bits_callados: deBits.callado,
        bits_callados_sin_sumas: sinSumas.callado,
      },
      control: sinSumas.callado > 0 ? controlDeLeyes(restos, escena.contexto.diario) : 'verde',
      faltas: [
        ...escena.faltas,
        ...halladas,
        ...(deBits.callado > 0 ? [`${deBits.callado} bits cambiados se sirvieron sin que nadie lo dijera`] : []),
        ...sinNotar.map(({ nombre }) => `${nombre}: no se notó nunca`),
        ...(process.env.CI === 'true' ? imposibles : []),
      ],
      detalle: [
        `intentos: ${Object.entries(intentos).map(([que, cuales]) => `${cuales.length} ${que}`)}; mensajes: ${restos.log.length}`,
        `averías que se notaron: ${[...notadas].map(([que, veces]) => `${que} ${veces}`).join(', ')}`,
        ...imposibles.map((motivo) => `no se corrió: ${motivo}`),
      ],
    }
  })

conPlazo(Math.max(160, Number(values.averias) * 10))
anunciar(await ver())
