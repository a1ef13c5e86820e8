import { diaDe, duracion, escalasDe, extremosDe, horaDe, llegadaDe, minutosDe, salidaDe } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import type { Odo } from '../tipos.ts'

/** Salida, línea y llegada: las horas son las de cada aeropuerto. */
export const Trayecto = ({ odo, conDia = false }: { odo: Odo; conDia?: boolean }) => {
  const { t, idioma } = useIdioma()
  const extremos = extremosDe(odo)
  if (extremos === undefined) return null
  const { primero, ultimo, legs, dias } = extremos
  const [sale, llega] = [salidaDe(primero), llegadaDe(ultimo)]
  return (
    <div class="trayecto">
      <div class="punta">
        <time dateTime={primero.fecha_salida}>{horaDe(sale)}</time>
        <span class="lugar" title={primero.origen.nombre ?? undefined}>
          {primero.origen.codigo}
          {conDia && <Dia dia={diaDe(sale, idioma)} />}
        </span>
      </div>
      <div class="linea">
        <span>{duracion(minutosDe(extremos))}</span>
        <span class="raya" aria-hidden="true">
          {legs.slice(1).map((leg) => (
            <i key={leg.fecha_salida} />
          ))}
        </span>
        <span>{escalasDe(extremos, t)}</span>
      </div>
      <div class="punta">
        <time dateTime={ultimo.fecha_llegada}>
          {horaDe(llega)}
          {dias > 0 && (
            <sup>
              <span aria-hidden="true">+{dias}</span>
              <span class="oculto"> {t.diaSiguiente(dias)}</span>
            </sup>
          )}
        </time>
        <span class="lugar" title={ultimo.destino.nombre ?? undefined}>
          {ultimo.destino.codigo}
          {conDia && <Dia dia={diaDe(llega, idioma)} />}
        </span>
      </div>
    </div>
  )
}

const Dia = ({ dia }: { dia: string }) => (
  <span>
    <i> · </i>
    {dia}
  </span>
)

/** Quién vuela y en qué vuelos. */
export const Aerolineas = ({ odos }: { odos: readonly Odo[] }) => {
  const legs = odos.flatMap(({ segmentos }) => segmentos.flatMap((segmento) => segmento.legs))
  const nombres = [...new Set(legs.map((leg) => leg.aerolinea?.nombre).filter(Boolean))]
  if (nombres.length === 0) return null
  return (
    <div class="aerolineas">
      <strong>{nombres.join(' + ')}</strong>
      <small class="quieto">
        {legs
          .map((leg) => leg.vuelo)
          .filter(Boolean)
          .join(' · ')}
      </small>
    </div>
  )
}
