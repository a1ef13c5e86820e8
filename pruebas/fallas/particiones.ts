// npm run pruebas -- R7 [--veces 2 --servicios 4 --corte-ms 700 --roturas agujero,lento --semilla N]: la red entre cada par de procesos se rompe, y se cura.
import { setTimeout as momento } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { credentials } from '@grpc/grpc-js'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { crearCliente } from '../../tests/apoyo/cliente.ts'
import { abrirServidorDeCorreo } from '../../tests/apoyo/correo.ts'
import { unaCompra, unaOferta } from '../../tests/apoyo/ofertas.ts'
import { type Contexto, cargar } from '../../tests/procesos/apoyo/carga.ts'
import { abrirDosApis, sondear } from '../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { faltas, leerRestos } from '../../tests/procesos/apoyo/leyes.ts'
import { drenado, firmasDe } from '../../tests/procesos/apoyo/por_fuera.ts'
import { unosServicios } from '../../tests/procesos/apoyo/servicios.ts'
import { unBanco } from '../../tests/procesos/apoyo/servidor.ts'
import { correosDe } from '../../tests/procesos/apoyo/testigos.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { type Cable, ROTURAS, type Rotura, tender } from './apoyo/cable.ts'
import { contarFaltas, controlDeLeyes } from './apoyo/cuentas.ts'

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

type Tanda = { corridas: number; faltas: readonly string[]; control: 'rojo' | 'verde'; lento: number; vuelve: number }

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
    await dejarDeCargar()
    const { restos, halladas } = await dos.saldar()
    return { ...tanda, faltas: [...halladas, ...(await dos.detener())], control: controlDeLeyes(restos, dos.contexto.diario) }
  })

const sumar = (tanda: Pick<Tanda, 'corridas' | 'lento' | 'vuelve'>, visto: Readonly<{ lento: number; vuelve: number }>): void => {
  tanda.corridas++
  tanda.lento = Math.max(tanda.lento, visto.lento)
  tanda.vuelve = Math.max(tanda.vuelve, visto.vuelve)
}

/** Los cuatro procesos: los cables del adaptador y la página a la API, y de las notificaciones al correo y al broker. */
const entreServicios = (cuantas: number): Promise<Tanda> =>
  conAlcance(async (alcance) => {
    const banco = unBanco(alcance)
    const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
    alcance.after(correo.cerrar)
    const aCorreo = await tender(alcance, correo.puerto)
    const servicios = unosServicios(banco, { smtp: `smtp://127.0.0.1:${aCorreo.puerto}` })
    const api = await servicios.arrancar('api')
    const url = api.direcciones.api ?? ''
    const puertoDe = (direccion = ''): number => Number(new URL(direccion).port)
    const [aSidecar, aUi, aBroker] = [
      await tender(alcance, puertoDe(url)),
      await tender(alcance, puertoDe(url)),
      await tender(alcance, puertoDe(api.direcciones.broker)),
    ]
    const por = ({ puerto }: Cable) => ({ AEROALPES_ADDRESS: `127.0.0.1:${puerto}` })
    const sidecar = await servicios.listo('sidecar', servicios.lanzar('sidecar', por(aSidecar)))
    const ui = await servicios.listo('ui', servicios.lanzar('ui', por(aUi)))
    const notificaciones = servicios.lanzar('notificaciones', { PULSAR_PUERTO_HTTP: String(aBroker.puerto) })
    await servicios.listo('notificaciones', notificaciones)
    const grpc = new VuelosClient(sidecar.direcciones.grpc ?? '', credentials.createInsecure())
    alcance.after(() => grpc.close())
    const porGrpc = (): Promise<boolean> =>
      new Promise((resolver) => {
        // La que no existe también es una respuesta: vino de la API.
        grpc.consultarReserva({ id: 'x' }, { deadline: Date.now() + PLAZO_GRPC_MS } as never, (error) =>
          resolver(error === null || ![4, 14].includes(error.code)),
        )
      })
    const porPagina = async (): Promise<boolean> =>
      (await fetch(`${ui.direcciones.ui}/api/vuelos/reserva?tamano_pagina=1`, { signal: AbortSignal.timeout(2 * CONTESTA_MS) })).status <
      500
    const contexto: Contexto = {
      diario: [],
      azar: mulberry32(Number(values.semilla)),
      firmas: firmasDe(banco.carpeta, 'ana').viajeros,
    }
    /** Con algo que contar: cada reserva deja un evento que las notificaciones atienden. */
    const atienden = async (): Promise<boolean> => {
      await cargar(contexto, { api: url, terminado: api.terminado }, 8)
      return true
    }
    const casos = [
      [aSidecar, porGrpc],
      [aUi, porPagina],
      [aBroker, atienden],
    ] as const
    const tanda = { corridas: 0, lento: 0, vuelve: 0 }
    const rotura = (i: number): Rotura => SE_ROMPE[i % SE_ROMPE.length] as Rotura
    for (let i = 0; i < cuantas; i++) for (const [cable, pedir] of casos) sumar(tanda, await particion(cable, rotura(i), pedir))
    await drenado(url)
    const restos = leerRestos(banco.carpeta)
    const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
    const atendidos = () => correosDe(banco.carpeta).size
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
    for (let i = 0; i < cuantas; i++) sumar(tanda, await particion(aCorreo, rotura(i), comprar))
    const decididos = () => [...correosDe(banco.carpeta).values()].filter((estado) => estado === 'enviado' || estado === 'ambiguo').length
    await hastaQue('que salga un correo de cada compra, o se sepa que quizá salió', () => decididos() >= compradas, VUELVE_MS).catch(
      () => {},
    )
    const enviados = correo.aceptados.map(({ headers }) => headers.find(({ key }) => key === 'x-aeroalpes-evento')?.value)
    return {
      ...tanda,
      faltas: [
        ...faltas(restos, contexto.diario),
        ...(antes === eventos.length ? [] : [`hay ${eventos.length} eventos y ${antes} correos atendidos`]),
        ...(compradas > 0 && decididos() >= compradas ? [] : [`hay ${compradas} compras y ${decididos()} correos decididos`]),
        ...(new Set(enviados).size === enviados.length ? [] : ['un correo está repetido']),
      ],
      control: controlDeLeyes(restos, contexto.diario),
    }
  })

const ver = async (): Promise<Visto> => {
  const apis = await entreApis(Number(values.veces))
  decir(`${apis.corridas} particiones entre las API, su base y su broker`)
  const servicios = await entreServicios(Number(values.servicios))
  decir(`${servicios.corridas} particiones entre los otros procesos`)
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
    },
    control: apis.control === 'rojo' && servicios.control === 'rojo' ? 'rojo' : 'verde',
    faltas: [...halladas, ...(lento > CONTESTA_MS ? [`una respuesta tardó ${lento} ms`] : [])],
    detalle: [
      `roturas: ${ROTURAS.join(', ')}; cables: API–PostgreSQL, API–broker, adaptador–API, página–API, notificaciones–correo, notificaciones–broker`,
      'control: sin un mensaje, con uno doblado y con dos cambiados de lugar, el comprobador lo dice',
    ],
  }
}

conPlazo(Math.max(200, Number(values.veces) * 12 * 12))
anunciar(await ver())
