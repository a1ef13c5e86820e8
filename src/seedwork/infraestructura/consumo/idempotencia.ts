import type { Tx, UnidadDeTrabajo } from '../almacen/puerto.ts'
import { anotarEnInbox } from '../inbox.ts'
import type { Reloj } from '../puertos.ts'
import type { EnCurso, Paso } from './paso.ts'

/** El efecto de un mensaje en la base, dentro de la tx que también lleva su inbox y su acuse. */
export type Efecto = (tx: Tx, enCurso: EnCurso) => Promise<void>

/** Hace el efecto exactamente una vez: inbox, efecto y acuse en una tx. Un mensaje repetido sólo se acusa. */
export const unaVez =
  ({ uow, reloj, consumidor }: { uow: UnidadDeTrabajo; reloj: Reloj; consumidor: string }, efecto: Efecto): Paso =>
  (enCurso) =>
    uow.ejecutar(async (tx) => {
      const { entrega } = enCurso
      const nuevo = await anotarEnInbox(tx, { consumidor, id_mensaje: entrega.mensaje.id, instante: reloj.ahora() })
      if (nuevo) await efecto(tx, enCurso)
      await entrega.acusar(tx)
    }, 'consumidor')
