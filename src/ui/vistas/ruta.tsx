import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Dónde está la página: el camino y los criterios viven en la dirección, así que atrás y compartir funcionan. */
export type Ruta = Readonly<{ camino: string; criterios: URLSearchParams }>

const actual = (): Ruta => ({ camino: location.pathname, criterios: new URLSearchParams(location.search) })

export const irA = (destino: string, { reemplazar = false } = {}): void => {
  history[reemplazar ? 'replaceState' : 'pushState'](null, '', destino)
  dispatchEvent(new PopStateEvent('popstate'))
  if (!reemplazar) scrollTo(0, 0)
}

export const useRuta = (): Ruta => {
  const [ruta, cambiar] = useState(actual)
  useEffect(() => {
    const alMover = () => cambiar(actual())
    addEventListener('popstate', alMover)
    return () => removeEventListener('popstate', alMover)
  }, [])
  return ruta
}

/** Un enlace de la propia página; con Ctrl, o el botón de en medio, lo abre el navegador. */
export const Enlace = ({ a, clase, children }: { a: string; clase?: string; children: ComponentChildren }) => (
  <a
    href={a}
    class={clase}
    onClick={(evento) => {
      if (evento.ctrlKey || evento.metaKey || evento.shiftKey || evento.button !== 0) return
      evento.preventDefault()
      irA(a)
    }}
  >
    {children}
  </a>
)
