import type { ComponentChildren } from 'preact'
import type { Problema } from '../api.ts'
import { useIdioma } from '../idioma.tsx'

/** Qué pasó, qué significa y qué hacer; con la referencia que se puede citar. */
export const Fallo = ({
  problema,
  consecuencia,
  repetir,
  children,
}: {
  problema: Problema
  consecuencia?: string | undefined
  repetir?: (() => void) | undefined
  children?: ComponentChildren
}) => {
  const { t } = useIdioma()
  // El primero de los datos malos suele ser el mensaje entero: no se dice dos veces.
  const demas = problema.errores.filter(({ detail }) => detail !== problema.message)
  return (
    <div class="aviso fallo" role="alert">
      <p>
        <strong>{problema.estado === 0 ? t.sinConexion : problema.message || t.noSePudo}</strong>
      </p>
      {demas.length > 0 && (
        <ul>
          {demas.map(({ pointer, detail }) => (
            <li key={pointer}>{detail}</li>
          ))}
        </ul>
      )}
      {consecuencia && <p>{consecuencia}</p>}
      {problema.referencia && problema.estado !== 422 && (
        <p class="quieto">
          {t.referencia}: <code>{problema.referencia}</code>
        </p>
      )}
      {repetir && (
        <button type="button" class="secundario" onClick={repetir}>
          {t.intentar}
        </button>
      )}
      {children}
    </div>
  )
}

/** Una pantalla sin nada dice qué hacer. `unico` si es todo lo que hay en ella. */
export const Vacio = ({ titulo, unico = false, children }: { titulo: string; unico?: boolean; children?: ComponentChildren }) => (
  <div class="tarjeta vacio">
    {unico ? <h1>{titulo}</h1> : <h2>{titulo}</h2>}
    {children}
  </div>
)

/** El lugar de lo que viene en camino. */
export const Esperando = ({ texto, filas = 3 }: { texto: string; filas?: number }) => (
  <div role="status">
    <span class="oculto">{texto}</span>
    {Array.from({ length: filas }, (_, i) => (
      <div key={i} class="tarjeta hueco" aria-hidden="true" />
    ))}
  </div>
)
