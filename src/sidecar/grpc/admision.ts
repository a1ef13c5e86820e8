import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'
import type { Cancelable, Entorno } from 'seedwork/infraestructura/puertos.ts'
import { estadoDe, ocupado, tarde } from './estados.ts'

type Limites = Readonly<{ unarias: number; flujos: number; llegadaMs: number }>
type Partes = Readonly<{ limites: Limites; entorno: Pick<Entorno, 'ids' | 'planificador'> }>

/**
 * Quién entra. Pasado el límite, la llamada recibe RESOURCE_EXHAUSTED antes de leer su mensaje; la que no llega entera a tiempo,
 * DEADLINE_EXCEEDED. Cada una ocupa su lugar hasta que su flujo HTTP/2 termina, sea como sea.
 */
export const crearAdmision = ({ limites, entorno: { ids, planificador } }: Partes): ServerInterceptor => {
  const enCurso = { unarias: 0, flujos: 0 }
  return ({ responseStream }, call) => {
    const tipo = responseStream ? 'flujos' : 'unarias'
    let alarma: Cancelable | undefined
    const rechazar = (error: Error) => call.sendStatus(estadoDe(error, ids()))
    return new ServerInterceptingCall(call, {
      start: (seguir) =>
        seguir({
          onReceiveMetadata: (metadata, entrar) => {
            if (enCurso[tipo] >= limites[tipo]) return rechazar(ocupado())
            enCurso[tipo] += 1
            alarma = planificador.tras(limites.llegadaMs, () => rechazar(tarde()))
            entrar(metadata)
          },
          onReceiveHalfClose: (seguirLeyendo) => {
            alarma?.cancelar()
            seguirLeyendo()
          },
          onCancel: () => {
            if (alarma === undefined) return
            alarma.cancelar()
            enCurso[tipo] -= 1
          },
        }),
    })
  }
}
