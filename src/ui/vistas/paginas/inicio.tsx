import { useIdioma } from '../idioma.tsx'
import { Buscador } from '../partes/buscador.tsx'

export const Inicio = ({ criterios }: { criterios: URLSearchParams }) => {
  const { t } = useIdioma()
  return (
    <div class="ancho subido">
      <Buscador criterios={criterios} />
      <ol class="como">
        {t.como.map(({ titulo, detalle }) => (
          <li key={titulo}>
            <h2>{titulo}</h2>
            <p>{detalle}</p>
          </li>
        ))}
      </ol>
    </div>
  )
}
