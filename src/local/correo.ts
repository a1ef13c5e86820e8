import type { Sistema } from 'aeroalpes-api/sistema.ts'
import { abrirAlmacenDeCorreos, carpetaDeCorreos } from 'notificaciones/almacen.ts'
import { crearNotificaciones, type Notificaciones, type PartesDeNotificaciones } from 'notificaciones/notificaciones.ts'
import type { variablesNotificaciones } from 'notificaciones/variables.ts'
import type { Logger } from 'pino'
import { tomarCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import type { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { type ClaveActor, firmarActor } from 'seedwork/presentacion/actor.ts'
import type { Buzon } from 'ui/servidor.ts'
import { abrirBuzon } from './buzon.ts'

/** Lo que dura una firma: la de cada pregunta se hace al momento. */
const FIRMA_MS = 60_000

type Partes = Readonly<{
  variables: ReturnType<typeof leerVariables<typeof variablesNotificaciones>>
  carpeta: string
  sistema: Sistema
  api: string
  clave: ClaveActor
  bitacora: Logger
  /** Donde se publican las medidas de los correos. */
  registro: NonNullable<PartesDeNotificaciones['registro']>
}>

/** El correo de este proceso: el buzón está desde ya; los correos salen desde `empezar`, cuando se sabe a qué página enlazan. */
export type CorreoLocal = Readonly<{
  /** Con el buzón embebido; falta si hay `SMTP_URL`. */
  conBuzon?: Readonly<{ buzon: Buzon }>
  empezar: (donde: Readonly<{ pagina: string }>) => Promise<void>
  detener: () => Promise<void>
}>

/** Los correos van al servidor de `SMTP_URL` o, sin él, al buzón embebido. */
export const abrirCorreo = async ({ variables, carpeta, sistema, api, clave, bitacora, registro }: Partes): Promise<CorreoLocal> => {
  const { broker, entorno } = sistema
  const buzon = variables.SMTP_URL === '' ? await abrirBuzon({ carpeta, ids: entorno.ids }) : undefined
  const candado = tomarCarpeta(carpetaDeCorreos(carpeta))
  const almacen = await abrirAlmacenDeCorreos({ datos: carpeta, entorno })
  let notificaciones: Notificaciones | undefined
  return {
    ...(buzon !== undefined && { conBuzon: { buzon } }),
    empezar: async ({ pagina }) => {
      notificaciones = await crearNotificaciones({
        broker,
        esquemas: sistema.esquemas,
        almacen,
        api,
        firmar: (actor) => firmarActor(clave, actor, entorno.reloj.ahora() + FIRMA_MS),
        smtpUrl: buzon?.smtpUrl ?? (async () => variables.SMTP_URL),
        bitacora,
        entorno,
        registro,
        pagina: variables.CORREO_PAGINA || pagina,
        remitente: { nombre: 'AeroAlpes', correo: variables.CORREO_REMITENTE },
      })
    },
    detener: async () => {
      await notificaciones?.detener()
      await buzon?.cerrar()
      await almacen.cerrar()
      candado.soltar()
    },
  }
}
