import { setTimeout as momento } from 'node:timers/promises'
import { crearCliente } from '../../../tests/apoyo/cliente.ts'
import { unaCompra, unaOferta } from '../../../tests/apoyo/ofertas.ts'
import { escuchar } from '../../../tests/apoyo/ui.ts'
import type { DosApis } from '../../../tests/procesos/apoyo/dos_apis.ts'
import { sondear } from '../../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../../tests/procesos/apoyo/hechos.ts'
import type { Cable } from './cable.ts'
import { COLGADO_MS, type ConCables } from './servicios_con_cables.ts'

/** Lo que se admite sobre cada plazo. */
const DE_MAS_MS = 1_000
/** Los plazos: el de `query_timeout`; el que la llamada trae, y el del adaptador si no trae; el de la página; y lo que ella espera a un navegador que no contesta. */
const PLAZOS = { base: 20_000, pedido: 5_000, adaptador: 30_000, pagina: 35_000, navegador: 45_000 }
/** Más que todos menos el último, que corre mientras lo demás se repone. */
const SILENCIO_MS = 37_000
/** Lo que tarda en saberse muerta una conexión con el broker, en abrirse otra, y en soltar él la vieja, que no deja entrar a la nueva. */
const VUELVE_MS = 45_000

/** Una que no existe: hay que ir a la base para saberlo. */
const NINGUNA = '/vuelos/reserva/00000000-0000-4000-8000-000000000000'

export type Callado = Readonly<{ corridas: number; faltas: readonly string[]; lento: number; vuelve: number }>

type Pregunta = Readonly<{ que: string; plazoMs: number; pedir: () => Promise<unknown> }>
type Contestada = Readonly<{ ms: number; faltas: readonly string[] }>

/** Cuánto tarda en contestar, aunque conteste que no. */
const preguntar = async ({ que, plazoMs, pedir }: Pregunta): Promise<Contestada> => {
  const desde = performance.now()
  const fallo = await pedir().then(
    () => undefined,
    (error: unknown) => error,
  )
  const ms = performance.now() - desde
  const tarde = ms > plazoMs + DE_MAS_MS ? [`${que} contestó a los ${Math.round(ms)} ms, y su plazo es ${plazoMs}`] : []
  return { ms, faltas: fallo === undefined ? tarde : [...tarde, `${que} no contestó: ${fallo}`] }
}

/** Cuánto tarda en ser cierto; si no llega a serlo, falta. */
const esperar = async (que: string, mirar: () => boolean | Promise<boolean>, plazoMs = VUELVE_MS): Promise<Contestada> => {
  const desde = performance.now()
  const faltas = await hastaQue(que, async () => (await mirar()) || undefined, plazoMs).then(
    () => [],
    ({ message }: Error) => [message],
  )
  return { ms: performance.now() - desde, faltas }
}

const olvidar = (cables: readonly Cable[]): void => {
  for (const cable of cables) cable.romper('olvido')
}
const curar = (cables: readonly Cable[]): void => {
  for (const cable of cables) cable.curar()
}

const sumar = (preguntas: readonly Contestada[], vueltas: readonly Contestada[], corridas: number): Callado => ({
  corridas,
  faltas: [...preguntas, ...vueltas].flatMap(({ faltas }) => faltas),
  lento: Math.max(...preguntas.map(({ ms }) => ms)),
  vuelve: Math.max(...vueltas.map(({ ms }) => ms)),
})

/** Todo calla más que cualquier plazo, y lo que calló no vuelve a hablar: a quien pregunta se le contesta, y lo demás se rehace solo. */
export const callarServicios = async ({ cables, correo, url, pagina, porGrpc, porPagina }: ConCables): Promise<Callado> => {
  const cliente = crearCliente(url)
  const oferta = await unaOferta(cliente)
  const comprar = async (): Promise<string> => {
    const { estado, texto, json } = await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(oferta) })
    if (estado !== 200) throw new Error(texto)
    return json<{ id: string }>().id
  }
  const escribieron = (id: string) => () =>
    correo.aceptados.some(({ headers }) => headers.some(({ key, value }) => key === 'x-aeroalpes-reserva' && value === id))
  const lejano = await escuchar({ url: `http://127.0.0.1:${cables.navegador_pagina.puerto}` }, { consulta: '?reserva=ninguna' })
  lejano.enchufe.on('error', () => {})
  // Con varias conexiones abiertas de antes, ninguna de las cuales volverá a hablar.
  await Promise.all(Array.from({ length: 4 }, () => [porPagina(), porGrpc()]).flat())
  const todos = Object.values(cables)
  olvidar(todos)
  const suelta = esperar(
    'que la página suelte a un navegador que no contesta',
    () => cables.navegador_pagina.olvidadas() === 0,
    PLAZOS.navegador + DE_MAS_MS,
  )
  const exigir = async (porque: string, respuesta: Promise<boolean>): Promise<void> => {
    if (!(await respuesta)) throw new Error(porque)
  }
  const preguntas = [
    ...Array.from({ length: 2 }, () => ({
      que: 'el adaptador, con el plazo de quien llama,',
      plazoMs: PLAZOS.pedido,
      pedir: () => porGrpc(PLAZOS.pedido),
    })),
    { que: 'el adaptador', plazoMs: PLAZOS.adaptador, pedir: () => porGrpc() },
    ...Array.from({ length: 2 }, () => ({
      que: 'la página',
      plazoMs: PLAZOS.pagina,
      pedir: () =>
        exigir(
          'no dijo 503',
          porPagina().then((estado) => estado === 503),
        ),
    })),
  ].map(preguntar)
  const comprada = comprar()
  await momento(SILENCIO_MS)
  const contestadas = await Promise.all(preguntas)
  curar(todos)
  const id = await comprada
  const enVivo = await escuchar({ url: pagina }, { consulta: `?reserva=${id}&desde=@0` })
  const vueltas = await Promise.all([
    esperar('que el adaptador hable con la API', () => porGrpc(PLAZOS.pedido)),
    esperar('que la página hable con la API', async () => (await porPagina()) === 200),
    esperar('que la página muestre lo que ocurrió mientras callaban', () => enVivo.avisos().length > 0),
    esperar('que salga el correo de la compra', escribieron(id)),
    suelta,
  ])
  enVivo.enchufe.terminate()
  lejano.enchufe.terminate()
  return sumar(contestadas, vueltas.slice(0, -1), todos.length)
}

/** Calla el broker y después también la base. Nadie espera al broker, ni a la base más que su plazo; y al hablar, todo se cumple. */
export const callarApis = async ({ apis }: DosApis, [aBase, aBroker]: readonly [Cable, Cable]): Promise<Callado> => {
  const [una] = apis
  const aceptar = async (): Promise<void> => {
    if (!(await sondear(una.url, COLGADO_MS))) throw new Error('no aceptó una reserva')
  }
  const pedir = (metodo: string, camino: string) => () =>
    fetch(`${una.url}${camino}`, { method: metodo, signal: AbortSignal.timeout(COLGADO_MS) })
  const aLaVez = (pregunta: Pregunta) => Array.from({ length: 4 }, () => preguntar(pregunta))
  olvidar([aBroker])
  const sinBroker = await Promise.all(aLaVez({ que: 'una API sin broker', plazoMs: 0, pedir: aceptar }))
  olvidar([aBase])
  // Una se envía entera y de una vez; las otras esperan a lo que leen, y hay otras conexiones abiertas por las que insistir en vano.
  const sinBase = [
    ...aLaVez({ que: 'reservar sin base', plazoMs: PLAZOS.base, pedir: () => sondear(una.url, COLGADO_MS) }),
    ...aLaVez({ que: 'consultar sin base', plazoMs: PLAZOS.base, pedir: pedir('GET', NINGUNA) }),
    ...aLaVez({ que: 'aprobar sin base', plazoMs: PLAZOS.base, pedir: pedir('POST', `${NINGUNA}/aprobar`) }),
  ]
  await momento(SILENCIO_MS)
  const contestadas = [...sinBroker, ...(await Promise.all(sinBase))]
  curar([aBase, aBroker])
  const vueltas = apis.map(({ url }) => esperar('que una API acepte', () => sondear(url, COLGADO_MS)))
  return sumar(contestadas, await Promise.all(vueltas), 2)
}
