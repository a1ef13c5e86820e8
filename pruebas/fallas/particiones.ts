// npm run pruebas -- R7 [--veces 2 --servicios 4 --corte-ms 700 --roturas agujero,lento --semilla N]: la red entre cada par de procesos se rompe, y se cura; y calla más que cualquier plazo.
import { setTimeout as momento } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { crearCliente } from '../../tests/apoyo/cliente.ts'
import { unaCompra, unaOferta } from '../../tests/apoyo/ofertas.ts'
import { type Contexto, cargar } from '../../tests/procesos/apoyo/carga.ts'
import { abrirDosApis, sondear } from '../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { faltas, leerRestos } from '../../tests/procesos/apoyo/leyes.ts'
import { drenado, firmasDe } from '../../tests/procesos/apoyo/por_fuera.ts'
import { correosDe } from '../../tests/procesos/apoyo/testigos.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { type Cable, ROTURAS, type Rotura, tender } from './apoyo/cable.ts'
import { contarFaltas, controlDeLeyes } from './apoyo/cuentas.ts'
import { servirConCables } from './apoyo/servicios_con_cables.ts'
import { type Callado, callarApis, callarServicios } from './apoyo/silencio.ts'

/** Lo más que tarda en contestar, rota o no la red: lo que se espera a un PostgreSQL que calla (`query_timeout`), y un segundo. */
const CONTESTA_MS = 21_000
const PLAZO_GRPC_MS = 5_000
const VUELVE_MS = 20_000

const { values } = parseArgs({
  options: {
    veces: { type: 'string', default: '2' },
    servicios: { type: 'string', default: '4' },
    'corte-ms': { type: 'string', default: '700' },
    roturas: { type: 'string', default: ROTURAS.join() },
    semilla: { type: 'string', default: '1' },
  },
})
const SE_ROMPE = ROTURAS.filter((rotura) => values.roturas.split(',').includes(rotura))
const CORTE_MS = Number(values['corte-ms'])

type Vistas = { corridas: number; lento: number; vuelve: number }
type Tanda = Vistas & { faltas: readonly string[]; control: 'rojo' | 'verde'; callado: Callado }

/** Cuánto tarda en contestar, aunque conteste que no. */
const tardanza = async (pedir: () => Promise<unknown>): Promise<number> => {
  const desde = performance.now()
  await pedir().catch(() => {})
  return performance.now() - desde
}

/** Rompe un cable mientras se pregunta, lo cura y espera a que se atienda. */
const particion = async (
  cable: Cable,
  como: Rotura,
  pedir: () => Promise<boolean>,
): Promise<Readonly<{ lento: number; vuelve: number }>> => {
  cable.romper(como)
  const preguntas = [tardanza(pedir), tardanza(pedir)]
  await momento(CORTE_MS)
  cable.curar()
  const desde = performance.now()
  await hastaQue(`que se atienda tras ${como}`, () => pedir().catch(() => false), VUELVE_MS)
  const vuelve = performance.now() - desde
  return { vuelve, lento: Math.max(...(await Promise.all(preguntas))) }
}

/** Dos API: sus cables a PostgreSQL y al broker. */
const entreApis = (veces: number): Promise<Tanda> =>
  conAlcance(async (alcance) => {
    const cables: Cable[] = []
    const interponer = async ({ base, broker }: Readonly<{ base: string; broker: string }>) => {
      cables.push(await tender(alcance, Number(new URL(base).port)), await tender(alcance, Number(broker)))
      const [aBase, aBroker] = cables as [Cable, Cable]
      return { base: Object.assign(new URL(base), { port: String(aBase.puerto) }).href, broker: String(aBroker.puerto) }
    }
    const dos = await abrirDosApis(alcance, { semilla: Number(values.semilla), interponer })
    const dejarDeCargar = dos.cargar(8, 50)
    const tanda = { corridas: 0, lento: 0, vuelve: 0 }
    for (let vez = 0; vez < veces; vez++)
      for (const cable of cables)
        for (const como of SE_ROMPE) {
          await dos.queSigan(8)
          const visto = await particion(cable, como, () => sondear(dos.apis[tanda.corridas % 2 === 0 ? 0 : 1].url, 2 * CONTESTA_MS))
          sumar(tanda, visto)
        }
    decir(`${tanda.corridas} particiones entre las API, su base y su broker`)
    const callados = await callarApis(dos, cables as [Cable, Cable])
    await dejarDeCargar()
    const { restos, halladas } = await dos.saldar()
    return {
      ...conCallados(tanda, callados),
      faltas: [...callados.faltas, ...halladas, ...(await dos.detener())],
      control: controlDeLeyes(restos, dos.contexto.diario),
    }
  })

const conCallados = (tanda: Vistas, callado: Callado) => ({ ...tanda, corridas: tanda.corridas + callado.corridas, callado })

const sumar = (tanda: Vistas, visto: Readonly<{ lento: number; vuelve: number }>): void => {
  tanda.corridas++
  tanda.lento = Math.max(tanda.lento, visto.lento)
  tanda.vuelve = Math.max(tanda.vuelve, visto.vuelve)
}

/** Los cuatro procesos: los cables del adaptador y la página a la API, y de las notificaciones al correo y al broker. */
const entreServicios = (cuantas: number): Promise<Tanda> =>
  conAlcance(async (alcance) => {
    const servicios = await servirConCables(alcance)
    const { carpeta, correo, api, url, cables, porGrpc, porPagina } = servicios
    const contexto: Contexto = {
      diario: [],
      azar: mulberry32(Number(values.semilla)),
      firmas: firmasDe(carpeta, 'ana').viajeros,
    }
    /** Con algo que contar: cada reserva deja un evento que las notificaciones atienden. */
    const atienden = async (): Promise<boolean> => {
      await cargar(contexto, { api: url, terminado: api.terminado }, 8)
      return true
    }
    const casos = [
      [cables.adaptador_api, () => porGrpc(PLAZO_GRPC_MS)],
      [cables.pagina_api, async () => (await porPagina()) < 500],
      [cables.avisos_broker, atienden],
    ] as const
    const tanda = { corridas: 0, lento: 0, vuelve: 0 }
    const rotura = (i: number): Rotura => SE_ROMPE[i % SE_ROMPE.length] as Rotura
    for (let i = 0; i < cuantas; i++) for (const [cable, pedir] of casos) sumar(tanda, await particion(cable, rotura(i), pedir))
    await drenado(url)
    const restos = leerRestos(carpeta)
    const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
    const atendidos = () => correosDe(carpeta).size
    await hastaQue('que las notificaciones lo atiendan todo', () => atendidos() >= eventos.length, VUELVE_MS).catch(() => {})
    const antes = atendidos()
    const cliente = crearCliente(url)
    const oferta = await unaOferta(cliente)
    const comprar = async (): Promise<boolean> => {
      const { estado } = await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(oferta) })
      if (estado === 200) compradas++
      return estado < 500
    }
    let compradas = 0
    for (let i = 0; i < cuantas; i++) sumar(tanda, await particion(cables.avisos_correo, rotura(i), comprar))
    const decididos = () => [...correosDe(carpeta).values()].filter((estado) => estado === 'enviado' || estado === 'ambiguo').length
    await hastaQue('que salga un correo de cada compra, o se sepa que quizá salió', () => decididos() >= compradas, VUELVE_MS).catch(
      () => {},
    )
    decir(`${tanda.corridas} particiones entre los otros procesos`)
    const callados = await callarServicios(servicios)
    const enviados = correo.aceptados.map(({ headers }) => headers.find(({ key }) => key === 'x-aeroalpes-evento')?.value)
    return {
      ...conCallados(tanda, callados),
      faltas: [
        ...callados.faltas,
        ...faltas(restos, contexto.diario),
        ...(antes === eventos.length ? [] : [`hay ${eventos.length} eventos y ${antes} correos atendidos`]),
        ...(compradas > 0 && decididos() >= compradas ? [] : [`hay ${compradas} compras y ${decididos()} correos decididos`]),
        ...(new Set(enviados).size === enviados.length ? [] : ['un correo está repetido']),
      ],
      control: controlDeLeyes(restos, contexto.diario),
    }
  })

const ver = async (): Promise<Visto> => {
  const [apis, servicios] = await Promise.all([entreApis(Number(values.veces)), entreServicios(Number(values.servicios))])
  const halladas = [...apis.faltas, ...servicios.faltas]
  const lento = Math.max(apis.lento, servicios.lento)
  return {
    id: 'R7',
    nombre: 'particiones',
    corridas: apis.corridas + servicios.corridas,
    cuentas: {
      semilla: values.semilla,
      ...contarFaltas(halladas),
      corte_ms: CORTE_MS,
      contesta_max_ms: Math.round(lento),
      vuelve_max_ms: Math.round(Math.max(apis.vuelve, servicios.vuelve)),
      callado_max_ms: Math.round(Math.max(apis.callado.lento, servicios.callado.lento)),
      tras_callar_max_ms: Math.round(Math.max(apis.callado.vuelve, servicios.callado.vuelve)),
    },
    control: apis.control === 'rojo' && servicios.control === 'rojo' ? 'rojo' : 'verde',
    faltas: [...halladas, ...(lento > CONTESTA_MS ? [`una respuesta tardó ${lento} ms`] : [])],
    detalle: [
      `roturas: ${ROTURAS.join(', ')}; cables: API–PostgreSQL, API–broker, adaptador–API, página–API, notificaciones–correo, notificaciones–broker`,
      'silencios más largos que cualquier plazo: esos cables, y navegador–página, página–broker y notificaciones–API',
      'control: sin un mensaje, con uno doblado y con dos cambiados de lugar, el comprobador lo dice',
    ],
  }
}

conPlazo(Math.max(300, Number(values.veces) * 12 * 12))
anunciar(await ver())
