import type { FastifyInstance } from 'fastify'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { crearCupo, type DatosDelCupo } from 'seedwork/presentacion/cupo.ts'

/** Para quien cambia de sesión con cada intento: detrás de una misma dirección puede haber una oficina entera, así que es holgado. */
const POR_DIRECCION: Omit<DatosDelCupo, 'reloj'> = { maximo: 100, ventanaMs: 5 * 60_000, llaves: 10_000 }

/** Buscar por localizador tiene un cupo por dirección; el de cada sesión lo lleva la API. */
export const limitarBusquedas = (servidor: FastifyInstance, { reloj }: Entorno): void => {
  const cupo = crearCupo({ ...POR_DIRECCION, reloj })
  servidor.addHook('onRequest', async ({ url, ip }) => {
    if (/^\/api\/+vuelos\/+localizador\//i.test(decodeURI(url))) cupo(ip)
  })
}
