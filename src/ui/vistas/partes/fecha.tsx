import { diaDe } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'

type Propiedades = Readonly<{
  nombre: string
  etiqueta: string
  valor: string
  desde: string
  error?: string | undefined
  alElegir: (fecha: string) => void
}>

/** Una fecha: escrita con palabras mientras no se edita, y con el calendario del navegador para elegirla. */
export const CampoFecha = ({ nombre, etiqueta, valor, desde, error, alElegir }: Propiedades) => {
  const { idioma } = useIdioma()
  return (
    <div class={error ? 'campo fecha con-error' : 'campo fecha'}>
      <label for={`campo-${nombre}`}>{etiqueta}</label>
      <input
        id={`campo-${nombre}`}
        type="date"
        name={nombre}
        min={desde}
        value={valor}
        class={valor === '' ? undefined : 'elegida'}
        onInput={(evento) => alElegir(evento.currentTarget.value)}
        aria-invalid={error !== undefined}
        aria-describedby={error ? `error-${nombre}` : undefined}
      />
      {valor !== '' && (
        <span class="dicha" aria-hidden="true">
          {diaDe(valor, idioma)}
        </span>
      )}
      {error ? (
        <small id={`error-${nombre}`} class="error">
          {error}
        </small>
      ) : (
        <small class="quieto">{valor.slice(0, 4) || '\u00a0'}</small>
      )}
    </div>
  )
}
