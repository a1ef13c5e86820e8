import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { nuevaSesion, type Sesion } from 'ui/web/sesion.ts'
import { escuchar, type Oyente, type Trama } from '../../apoyo/ui.ts'
import { hastaQue } from './hechos.ts'

/** Una página que no pierde el hilo: cada vez que se le corta vuelve, y pide lo que sigue a lo último que vio. `anotar` ve todo lo suyo; empieza
 * por lo que sigue a `siguiendo`. Es de una sesión nueva, si no se dice de cuál. */
export const pagina = (
  t: { after: (que: () => void) => void },
  ui: () => string,
  { anotar = () => {}, siguiendo = '', sesion = nuevaSesion() }: DePagina = {},
) => {
  const visto: { que: string; reserva: string }[] = []
  const terminadas = new Set<string>()
  const cookie = `sesion=${sesion.secreto}`
  let [desde, fin] = [siguiendo, false]
  let actual: Oyente | undefined
  const recuperados: unknown[] = []
  t.after(() => {
    fin = true
    actual?.enchufe.terminate()
  })
  const seguir = async (): Promise<void> => {
    while (!fin) {
      const consulta = desde === '' ? '' : `?desde=${encodeURIComponent(desde)}`
      actual = await escuchar({ url: ui() }, { consulta, cookie }).catch(() => undefined)
      if (actual === undefined) await new Promise((otra) => setTimeout(otra, 50))
      else {
        await actual.cerrado
        for (const trama of actual.tramas) {
          const { control, recuperado, evento, data, posicion, operacion } = trama
          anotar(trama)
          if (control === 'inicio') recuperados.push(recuperado)
          if (posicion !== undefined) desde = posicion
          if (operacion !== undefined) terminadas.add(operacion.id_operacion)
          else if (evento !== undefined && data !== undefined) visto.push({ que: evento, reserva: data.id_reserva })
        }
      }
    }
  }
  void seguir()
  return {
    recuperados,
    escucha: () => actual?.tramas.some(({ control }) => control === 'inicio') === true,
    /** Lo visto en todas sus vidas. Cierra la de ahora. */
    terminar: async () => {
      fin = true
      actual?.enchufe.close()
      await hastaQue('que termine de ver', () => actual === undefined || actual.enchufe.readyState === 3)
      await new Promise((luego) => setImmediate(luego))
      return visto
    },
    /** Cuántos eventos de reservas lleva vistos. */
    cuantos: () => visto.length + (actual?.tramas.filter(esDeReserva).length ?? 0),
    /** De cuántas operaciones ha visto cómo terminaron. */
    terminadas: () => new Set([...terminadas, ...(actual?.tramas ?? []).flatMap(({ operacion }) => operacion?.id_operacion ?? [])]).size,
  }
}

type DePagina = Readonly<{ anotar?: (trama: Trama) => void; siguiendo?: string; sesion?: Sesion }>

const esDeReserva = ({ evento, data, operacion }: Trama): boolean => evento !== undefined && data !== undefined && operacion === undefined

/** En qué va el correo de cada evento, según su archivo. */
export const correosDe = (carpeta: string): ReadonlyMap<string, string> => {
  const db = new DatabaseSync(join(carpeta, 'notificaciones', 'aeroalpes.db'), { readOnly: true, timeout: 5_000 })
  const filas = db.prepare('SELECT id_evento, estado FROM correos').all() as { id_evento: string; estado: string }[]
  db.close()
  return new Map(filas.map(({ id_evento, estado }) => [id_evento, estado]))
}

export const barajar = <T>(cosas: readonly T[], azar: () => number): T[] =>
  cosas
    .map((cosa) => [azar(), cosa] as const)
    .sort(([a], [b]) => a - b)
    .map(([, cosa]) => cosa)

/** Lo que le fue pasando a cada reserva, en orden. */
export const historias = (que: readonly Readonly<{ reserva: string; que: string }>[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries([...Map.groupBy(que, ({ reserva }) => reserva)].map(([reserva, suyos]) => [reserva, suyos.map((uno) => uno.que)]))
