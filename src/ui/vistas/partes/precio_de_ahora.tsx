import { useEffect, useState } from 'preact/hooks'
import { Problema } from '../api.ts'
import { dinero } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Enlace } from '../ruta.tsx'
import type { Oferta } from '../tipos.ts'
import { recotizar, type Viaje } from '../viaje.ts'
import { Fallo } from './avisos.tsx'

type Vista = Readonly<
  { en: 'inicio' } | { en: 'mirando' } | { en: 'hallada'; oferta: Oferta } | { en: 'ausente' } | { en: 'fallida'; problema: Problema }
>

type Propiedades = Readonly<{ viaje: Viaje; motivo: string; enseguida?: boolean; alAceptar: (oferta: Oferta) => void }>

/** La oferta ya no vale: con un clic se busca lo mismo otra vez y, si esos vuelos siguen, se acepta su precio de ahora o se deja. */
export const PrecioDeAhora = ({ viaje, motivo, enseguida = false, alAceptar }: Propiedades) => {
  const { t, idioma } = useIdioma()
  const [vista, ver] = useState<Vista>({ en: 'inicio' })
  const mirar = () => {
    if (vista.en === 'mirando') return
    ver({ en: 'mirando' })
    recotizar(viaje).then(
      (oferta) => ver(oferta === undefined ? { en: 'ausente' } : { en: 'hallada', oferta }),
      (error: unknown) => ver({ en: 'fallida', problema: error instanceof Problema ? error : new Problema(0, {}) }),
    )
  }
  useEffect(() => {
    if (enseguida) mirar()
  }, [])
  const otros = (
    <Enlace a={`/buscar?${viaje.busqueda}`} clase="secundario">
      {t.verOtrosVuelos}
    </Enlace>
  )
  return (
    <div class="precio-de-ahora" role="status">
      {(vista.en === 'inicio' || vista.en === 'mirando') && (
        <>
          <p>
            <strong>{motivo}</strong> {t.noSeCobro}
          </p>
          <button type="button" class="principal" aria-disabled={vista.en === 'mirando'} onClick={mirar}>
            {vista.en === 'mirando' ? t.mirandoPrecio : t.verPrecioDeAhora}
          </button>
        </>
      )}
      {vista.en === 'hallada' && (
        <>
          <p>
            <strong>{t.mismosVuelos(dinero(vista.oferta.precio.total, vista.oferta.precio.moneda, idioma))}</strong>{' '}
            {diferencia(viaje.oferta, vista.oferta, t, (cuanto) => dinero(cuanto, vista.oferta.precio.moneda, idioma))}
          </p>
          <button type="button" class="principal" onClick={() => alAceptar(vista.oferta)}>
            {t.aceptarPrecio}
          </button>
          {otros}
        </>
      )}
      {vista.en === 'ausente' && (
        <>
          <p>
            <strong>{t.yaNoSeOfrece}</strong> {t.noSeCobro}
          </p>
          {otros}
        </>
      )}
      {vista.en === 'fallida' && <Fallo problema={vista.problema} repetir={mirar} />}
    </div>
  )
}

const diferencia = (antes: Oferta, ahora: Oferta, t: ReturnType<typeof useIdioma>['t'], escribir: (cuanto: number) => string): string => {
  const mas = ahora.precio.total - antes.precio.total
  if (mas === 0) return t.mismoPrecio
  return mas > 0 ? t.cuestaMas(escribir(mas)) : t.cuestaMenos(escribir(-mas))
}
