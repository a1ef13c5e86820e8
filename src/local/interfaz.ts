import type { Sistema } from 'aeroalpes-api/sistema.ts'
import type { Logger } from 'pino'
import { escucharDonde } from 'seedwork/infraestructura/proceso/escuchar.ts'
import type { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { type ClaveActor, firmarActor } from 'seedwork/presentacion/actor.ts'
import { type Buzon, crearUi } from 'ui/servidor.ts'
import type { variablesUi } from 'ui/variables.ts'

/** Lo que dura una firma: la de cada pedido se hace al momento. */
const FIRMA_MS = 60_000

type Partes = Readonly<{
  variables: ReturnType<typeof leerVariables<typeof variablesUi>>
  sistema: Sistema
  api: string
  clave: ClaveActor
  bitacora: Logger
  buzon?: Buzon
}>

/** La interfaz sobre el broker de este proceso, ya escuchando. */
export const abrirInterfaz = async ({ variables, sistema, api, clave, bitacora, buzon }: Partes) => {
  const { broker, esquemas, entorno } = sistema
  const ui = await crearUi({
    broker,
    esquemas,
    api,
    firmar: (actor) => firmarActor(clave, actor, entorno.reloj.ahora() + FIRMA_MS),
    bitacora,
    entorno,
    opciones: { emitirTodo: variables.UI_EMITIR_TODO === '1', origenes: variables.UI_ORIGENES },
    ...(buzon !== undefined && { buzon }),
  })
  const direccion = await escucharDonde(ui.escuchar, {
    host: variables.UI_HOST,
    puerto: variables.UI_PUERTO,
    variable: 'UI_PUERTO',
  })
  return { direccion, detener: ui.detener }
}
