import { credentials } from '@grpc/grpc-js'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { abrirServidorDeCorreo } from '../../../tests/apoyo/correo.ts'
import type { Alcance } from '../../../tests/apoyo/lugar.ts'
import { unosServicios } from '../../../tests/procesos/apoyo/servicios.ts'
import { unBanco } from '../../../tests/procesos/apoyo/servidor.ts'
import { type Cable, tender } from './cable.ts'

/** Más de lo que tarda nadie en contestar: quien no contestó en esto está colgado. */
export const COLGADO_MS = 60_000
const SIN_RESPUESTA: ReadonlySet<number> = new Set([4, 14])

/** Los cuatro procesos, con un cable entre cada dos que se hablan y otro entre el navegador y la página. */
export const servirConCables = async (alcance: Alcance) => {
  const banco = unBanco(alcance)
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
  alcance.after(correo.cerrar)
  const aCorreo = await tender(alcance, correo.puerto)
  const servicios = unosServicios(banco, { smtp: `smtp://127.0.0.1:${aCorreo.puerto}` })
  const api = await servicios.arrancar('api')
  const url = api.direcciones.api ?? ''
  const puertoDe = (direccion = ''): number => Number(new URL(direccion).port)
  const hasta = (direccion: string | undefined): Promise<Cable> => tender(alcance, puertoDe(direccion))
  const { broker } = api.direcciones
  const [adaptador_api, pagina_api, avisos_api] = [await hasta(url), await hasta(url), await hasta(url)]
  const [pagina_broker, avisos_broker] = [await hasta(broker), await hasta(broker)]
  const por = (aApi: Cable, aBroker?: Cable) => ({
    AEROALPES_ADDRESS: `127.0.0.1:${aApi.puerto}`,
    ...(aBroker !== undefined && { PULSAR_PUERTO_HTTP: String(aBroker.puerto) }),
  })
  const [sidecar, ui] = await Promise.all([
    servicios.listo('sidecar', servicios.lanzar('sidecar', por(adaptador_api))),
    servicios.listo('ui', servicios.lanzar('ui', por(pagina_api, pagina_broker))),
    servicios.listo('notificaciones', servicios.lanzar('notificaciones', por(avisos_api, avisos_broker))),
  ])
  const pagina = ui.direcciones.ui ?? ''
  const grpc = new VuelosClient(sidecar.direcciones.grpc ?? '', credentials.createInsecure())
  alcance.after(() => grpc.close())
  return {
    ...{ carpeta: banco.carpeta, correo, api, url, pagina },
    cables: {
      adaptador_api,
      pagina_api,
      avisos_api,
      pagina_broker,
      avisos_broker,
      avisos_correo: aCorreo,
      navegador_pagina: await hasta(pagina),
    },
    /** Si la API contestó a través del adaptador. Sin plazo, el que ponga él. */
    porGrpc: (plazoMs?: number): Promise<boolean> =>
      new Promise((resolver) => {
        const opciones = plazoMs === undefined ? {} : { deadline: Date.now() + plazoMs }
        // La que no existe también es una respuesta: vino de la API.
        grpc.consultarReserva({ id: 'x' }, opciones as never, (error) => resolver(error === null || !SIN_RESPUESTA.has(error.code)))
      }),
    /** Lo que la página contestó: su estado. Rechaza si no contestó nada. */
    porPagina: async (): Promise<number> =>
      (await fetch(`${pagina}/api/vuelos/reserva?tamano_pagina=1`, { signal: AbortSignal.timeout(COLGADO_MS) })).status,
  }
}

export type ConCables = Awaited<ReturnType<typeof servirConCables>>
