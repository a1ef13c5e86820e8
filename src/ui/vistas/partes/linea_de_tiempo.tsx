import { momento } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import type { Paso } from '../tipos.ts'

/** Por dónde va la reserva. Cada paso se dice con palabras y con forma, no sólo con color. */
export const LineaDeTiempo = ({ pasos }: { pasos: readonly Paso[] }) => {
  const { t, idioma } = useIdioma()
  return (
    <ol class="tiempo">
      {pasos.map(({ paso, estado, fecha, detalle }) => (
        <li key={paso} class={`${estado} ${paso}`} aria-current={estado === 'ahora' ? 'step' : undefined}>
          <strong>{t.pasos[paso]}</strong>
          <span class="oculto">, {t.estadoPaso[estado]}</span>
          <small class="quieto">
            {fecha !== null && <time dateTime={fecha}>{momento(fecha, idioma)} · </time>}
            {detalle?.[idioma] ?? (estado === 'hecho' ? t.pasoDetalle[paso] : t.pasoEspera[paso])}
          </small>
        </li>
      ))}
    </ol>
  )
}
